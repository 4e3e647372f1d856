import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { engines } from "./engines";
import { filesForLab, isThere, pythonForLab, yamlForLab } from "./example-programs";
import { clearOdc, emptyMetaDb, labFolder, metaDbPassword, on } from "./hosts";
import { OwnProgram } from "./own-program";
import { TestStack } from "./stack";

const page = readFileSync("docs/languages.md", "utf8");

/** The page's commands that begin like this. */
const commands = (start: string): string[] =>
  [...page.matchAll(/^\S.*$/gm)].map(([line]) => line).filter((line) => line.startsWith(start));

/** What a program needs beside the npm package, by language. */
const LANGUAGES = {
  YAML: {
    files: () => ({ "Pulumi.yaml": yamlForLab("yaml") }),
    prepare: () => Promise.resolve(),
  },
  Python: {
    files: () => ({
      "Pulumi.yaml": readFileSync("examples/python/Pulumi.yaml", "utf8"),
      "requirements.txt": readFileSync("examples/python/requirements.txt", "utf8"),
      "__main__.py": pythonForLab(),
    }),
    prepare: async (program: OwnProgram) => {
      for (const line of [...commands("pulumi install"), ...commands("pulumi package add")])
        await program.command(line);
    },
  },
};

// the fallback engine runs programs in TypeScript alone
for (const engine of engines().filter(({ choice }) => choice !== "fallback"))
  for (const [language, { files, prepare }] of Object.entries(LANGUAGES))
    describe(`The example in ${language}, with the ${engine.name}`, function () {
      this.timeout(600_000);
      const program = new OwnProgram();
      let stack: TestStack | undefined;

      const made = (): TestStack => stack as TestStack;

      before(async function () {
        if (!isThere(language)) this.skip();
        await emptyMetaDb();
        await program.install();
        program.link(filesForLab());
        program.write(files());
        await prepare(program);
        stack = new TestStack(engine, program.folder);
        await stack.init({});
        const own: Record<string, string> = {
          "~/.ssh/id_ed25519": resolve(labFolder, "id_ed25519"),
          "'the password'": metaDbPassword(),
        };
        for (const line of commands("pulumi config set")) {
          const words = line.match(/'[^']*'|\S+/g) ?? [];
          await stack.succeed(...words.slice(1).map((word) => own[word] ?? word));
        }
      });
      after(async () => {
        stack?.remove();
        program.remove();
        await clearOdc();
      });

      it("deploys ODC, which serves", async () => {
        await made().up();
        const { url, nodes, adminPassword } = (await made().outputs()) as {
          url: string;
          nodes: { host: string; health: string }[];
          adminPassword: string;
        };
        assert.deepEqual(
          nodes.map(({ host, health }) => [host, health]),
          [
            ["p1", "healthy"],
            ["p2", "healthy"],
          ],
        );
        assert.equal(await on("p3", `curl -s -o /dev/null -w '%{http_code}' ${url}login`), "200");
        const state = await made().exported();
        for (const secret of [metaDbPassword(), adminPassword])
          assert.ok(!state.includes(secret), "it is in the state");
      });

      if (language === "Python")
        it("has the comments of the components and their arguments as docs", async () => {
          const made = await program.command("cat $(find . -name odc_ha_deployment.py)");
          const { resources } = JSON.parse(readFileSync("provider/components-schema.json", "utf8")) as {
            resources: Record<
              string,
              { description: string; inputProperties: Record<string, { description: string }> }
            >;
          };
          const { description, inputProperties } = resources["dbha:index:OdcHaDeployment"] ?? {};
          const told = [description, ...Object.values(inputProperties ?? {}).map((one) => one.description)];
          assert.ok(told.length > 10);
          // a line each: how they are set in is the generator's
          for (const text of told) assert.ok(made.includes(text?.split("\n")[0] ?? "?"), text);
        });

      it("changes nothing the second time", async () => {
        await made().up("--refresh", "--expect-no-changes");
      });

      it("leaves no container behind with destroy", async () => {
        await made().destroy();
        for (const host of ["p1", "p2", "p3"] as const) assert.equal(await on(host, "docker ps -aq"), "");
      });
    });
