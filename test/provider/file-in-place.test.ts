import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync, openSync, readSync, closeSync } from "node:fs";
import { join } from "node:path";
import { Bench, startBench } from "./cases";
import type { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:File";
const written = 'cm_location: 2\ntsdb_enabled: true\ndrc_password: "p#w"\ncm_nodes:\n  - "10.0.0.1"\n  - "10.0.0.2"\n';
/** The same as programs rewrite it: other quotes, tags and order. */
const rewritten =
  '"drc_password": "p#w"\n"cm_nodes":\n- "10.0.0.1"\n- "10.0.0.2"\n"cm_location": "2"\n# by a program\n"tsdb_enabled": !!bool "true"\n';

describe("File that others have open or rewrite, on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let directory: string;
  let path: string;

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => {
    directory = bench.directory();
    path = join(directory, "config.yaml");
  });
  const args = (more: Properties): Properties => ({ host: bench.host, path, mode: "0600", ...more });
  const update = async (id: string, state: Properties, more: Properties) =>
    bench.plugin.update(type, id, state, (await bench.plugin.check(type, args(more), {})).inputs);

  describe("inPlace", () => {
    it("keeps the file that a container has mounted, whether its text becomes longer or shorter", async () => {
      const { id, state } = await bench.plugin.make(type, args({ content: "a: 1\n", inPlace: true }));
      const { ino } = statSync(path);
      const mounted = openSync(path, "r");
      const seen = () => {
        const buffer = Buffer.alloc(4096);
        return buffer.toString("utf8", 0, readSync(mounted, buffer, 0, 4096, 0));
      };
      try {
        const longer = await update(id, state, { content: "a: 1\nb: 2\n", inPlace: true });
        assert.equal(seen(), "a: 1\nb: 2\n");
        await update(id, longer, { content: "c: 3\n", inPlace: true });
        assert.equal(seen(), "c: 3\n");
      } finally {
        closeSync(mounted);
      }
      assert.deepEqual([statSync(path).ino, statSync(path).mode & 0o777], [ino, 0o600]);
      assert.deepEqual(readdirSync(directory), ["config.yaml"]);
    });

    it("leaves the text of a refused one, and mends a file of which a killed write left parts", async () => {
      const { id, state } = await bench.plugin.make(type, args({ content: "a: 1\n", inPlace: true }));
      const refused = update(id, state, { content: "a: 2\n", inPlace: true, validate: "false" });
      await assert.rejects(refused, (error: PluginError) =>
        error.message.includes("the validation refused the new text, the old file stays"),
      );
      assert.equal(readFileSync(path, "utf8"), "a: 1\n");
      writeFileSync(path, "a: 2\n\n\n");
      const read = await bench.plugin.read(type, id, state);
      assert.equal(read?.state.content, "a: 2\n\n\n");
      await update(id, read.state, { content: "a: 2\n", inPlace: true });
      assert.equal(readFileSync(path, "utf8"), "a: 2\n");
    });

    it("acts after the change", async () => {
      const onChange = `cp '${path}' '${path}.seen'`;
      const { id, state } = await bench.plugin.make(type, args({ content: "a: 1\n", inPlace: true, onChange }));
      await update(id, state, { content: "b: 1\n", inPlace: true, onChange });
      assert.equal(readFileSync(`${path}.seen`, "utf8"), "b: 1\n");
    });
  });

  describe("format yaml", () => {
    const content = { content: written, format: "yaml", inPlace: true };

    it("takes what a program rewrote for no drift, and leaves it", async () => {
      const { id, state, inputs } = await bench.plugin.make(type, args(content));
      writeFileSync(path, rewritten);
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
      assert.equal(readFileSync(path, "utf8"), rewritten);
    });

    for (const [what, text] of [
      ["another value", rewritten.replace('"2"', '"3"')],
      ["a key more", `${rewritten}"sshd_server_port": "2024"\n`],
      ["a key less", rewritten.replace('"cm_location": "2"\n', "")],
      ["nodes in another order", rewritten.replace(/(- .*\n)(- .*\n)/, "$2$1")],
      ["what is no YAML any more", '"cm_location: [\n'],
    ] as const)
      it(`sees ${what}`, async () => {
        const { id, state, inputs } = await bench.plugin.make(type, args(content));
        writeFileSync(path, text);
        const read = await bench.plugin.read(type, id, state);
        assert.equal(read?.state.content, text);
        assert.deepEqual((await bench.plugin.diff(type, id, read.state, inputs)).detailed, { content: "update" });
        await bench.plugin.update(type, id, read.state, inputs);
        assert.equal(readFileSync(path, "utf8"), written);
      });

    it("needs YAML, in the state", async () => {
      const problem = async (more: Properties) => {
        const { failures } = await bench.plugin.check(type, args({ ...content, ...more }), {});
        return failures.format;
      };
      assert.deepEqual(
        await problem({ content: "a: [\n" }),
        "format: content is no YAML; correct it, or leave format out",
      );
      assert.deepEqual(
        await problem({ contentInState: false }),
        "format: it compares content that is in the state; give content, and leave contentInState out",
      );
      assert.deepEqual(
        await problem({ format: "json" }),
        'format: "json": format is "yaml" or "parameters", or left out',
      );
    });
  });
});
