import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { engines } from "./engines";
import { labFolder, labHosts, metaDbPassword, on } from "./hosts";
import { devConfig, type OdcSection } from "./odc-config";
import { TestStack } from "./stack";

/** The first block of a language in the README. */
function readmeBlock(language: string): string {
  const readme = readFileSync("README.md", "utf8");
  return (
    readme
      .split("```")
      .find((block) => block.startsWith(`${language}\n`))
      ?.slice(language.length + 1) ?? ""
  );
}

/** The README's program with the lab's hosts, tarballs and MetaDB in the place of its examples. */
function labProgram(): string {
  const odc = devConfig()["dbha-stacks:odc"] as OdcSection & { proxy: { image: OdcSection["image"] } };
  let program = readmeBlock("ts");
  Object.values(labHosts()).forEach(({ address, hostKeys }, i) => {
    program = program.replace(`10.0.0.1${i + 1}`, address).replace(`ssh-ed25519 AAAA...${i + 1}`, hostKeys[0] ?? "");
  });
  return program
    .replace("images/odc-4.3.1.tar.gz", resolve(odc.image.tarballs.amd64 ?? ""))
    .replace("images/nginx.tar.gz", resolve(odc.proxy.image.tarballs.amd64 ?? ""))
    .replace(
      'host: "10.0.0.9", port: 2883, username: "odc@meta#ob"',
      'host: "metadb", port: 3306, username: "odc@meta#lab"',
    );
}

describe("The npm package in a program of its own", function () {
  this.timeout(600_000);
  let folder: string;
  async function run(program: string, ...args: string[]): Promise<string> {
    const { execa } = await import("execa");
    return (await execa(program, args, { cwd: folder })).stdout;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dbha-package-"));
    const [packed] = JSON.parse(await run("npm", "pack", process.cwd(), "--json", "--silent")) as {
      filename: string;
      files: { path: string }[];
    }[];
    const paths = packed?.files.map((file) => file.path) ?? [];
    assert.ok(paths.includes("dist/components/index.d.ts") && paths.includes("bin/pulumi-resource-dbha"));
    assert.deepEqual(
      paths.filter((path) => !/^(dist|bin|docs)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path)),
      [],
      "nothing but the library is packed",
    );
    const versions = (JSON.parse(readFileSync("package.json", "utf8")) as { devDependencies: Record<string, string> })
      .devDependencies;
    const peers = [
      "@pulumi/pulumi",
      "@pulumi/docker",
      "@pulumi/command",
      "@pulumi/random",
      "@pulumi/tls",
      "typescript",
    ];
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "mine", main: "index.ts" }));
    await run(
      "npm",
      "install",
      "--no-fund",
      "--no-audit",
      "--loglevel=error",
      `./${packed?.filename}`,
      ...peers.map((name) => `${name}@${versions[name]}`),
    );
    writeFileSync(join(folder, "Pulumi.yaml"), "name: mine\nruntime: nodejs\n");
    writeFileSync(join(folder, "index.ts"), labProgram());
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { strict: true, target: "ES2022", module: "node16", noEmit: true } }),
    );
  });

  after(() => rmSync(folder, { recursive: true }));

  it("type-checks the README's program", async () => {
    await run("npx", "--no-install", "tsc", "-p", ".");
  });

  for (const engine of engines())
    it(`deploys the README's program with the ${engine.name}, without a plugins section`, async () => {
      const stack = new TestStack(engine, folder, {
        PATH: [join(folder, "node_modules", ".bin"), process.env.PATH].join(delimiter),
      });
      try {
        await stack.init({
          "dbha:privateKeyFile": resolve(labFolder, "id_ed25519"),
          "mine:metaDbPassword": metaDbPassword(),
        });
        await stack.up();
        const { url, nodes } = (await stack.outputs()) as { url: string; nodes: { health: string }[] };
        assert.deepEqual(
          nodes.map((node) => node.health),
          ["healthy", "healthy"],
        );
        assert.equal(await on("p3", `curl -s -o /dev/null -w '%{http_code}' ${url}login`), "200");
        await stack.up("--refresh", "--expect-no-changes");
      } finally {
        await stack.destroy();
        stack.remove();
      }
      for (const host of ["p1", "p2"] as const) await on(host, "rm -rf /var/data /var/log/odc /var/backups/odc");
    });
});
