import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap } from "../../../lab/src/bootstrap";
import { withCacheLock } from "../../../lab/src/cache-lock";
import { canInstall } from "../../../lab/src/packages";

/** Gives a test a cache of its own. */
function ownCache(): { folder: string; cache: string } {
  const before = process.env.XDG_CACHE_HOME;
  const made = { folder: "", cache: "" };
  beforeEach(() => {
    made.folder = mkdtempSync(join(tmpdir(), "dbha-cache-"));
    made.cache = join(made.folder, "dbha-lab");
    process.env.XDG_CACHE_HOME = made.folder;
  });
  afterEach(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, "XDG_CACHE_HOME");
    else process.env.XDG_CACHE_HOME = before;
    rmSync(made.folder, { recursive: true });
  });
  return made;
}

describe("A lock of the cache", () => {
  const own = ownCache();

  it("lets one at a time in, and the next one when the first has failed, too", async () => {
    const seen: string[] = [];
    const work = (name: string, fails: boolean) => async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const [first, second, other] = await Promise.allSettled([
      withCacheLock("one", 10, work("a", true)),
      withCacheLock("one", 10, work("b", true)),
      withCacheLock("other", 10, () => Promise.resolve("c")),
    ]);
    assert.deepEqual([first.status, second.status, other.status], ["rejected", "rejected", "fulfilled"]);
    assert.match(seen.join(), /^a begins,a ends,b begins,b ends$|^b begins,b ends,a begins,a ends$/);
  });

  it("tells which file is not free in time", async () => {
    await withCacheLock("one", 10, () =>
      assert.rejects(
        withCacheLock("one", 1, () => Promise.resolve()),
        {
          message: `${join(own.cache, "one.lock")} was not free within 1 s: see who has it (fuser -v ${join(own.cache, "one.lock")}), and run this again`,
        },
      ),
    );
  });

  it("is free when the process that had it is killed", async () => {
    const script = `require("./lab/src/cache-lock").withCacheLock("one", 10, () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); })`;
    const holder = spawn(process.execPath, ["--require", "tsx/cjs", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    const waiting = withCacheLock("one", 10, () => Promise.resolve("in"));
    holder.kill("SIGKILL");
    assert.equal(await waiting, "in");
  });
});

(canInstall() ? describe : describe.skip)("A Debian base that two labs need at once", () => {
  const own = ownCache();
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  /** Puts a program on PATH. */
  function program(name: string, script: string): void {
    const bin = join(own.folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}`);
    chmodSync(join(bin, name), 0o755);
    process.env.PATH = `${bin}:${path ?? ""}`;
  }

  it("is made once, in a directory that is gone then, with what a killed one has left", async () => {
    const calls = join(own.folder, "calls");
    program("apt-get", "echo 'http://mirror.example/debian/|main|Debian|bookworm'\n");
    program("unshare", 'shift 5\nexec "$@"\n');
    // the file that it makes is the last but one
    program(
      "mmdebstrap",
      `cat >/dev/null\nwhile [ $# -gt 2 ]; do shift; done\necho "$1" >>${calls}\necho base >"$1"\n`,
    );
    mkdirSync(join(own.cache, "tmp", "bookworm-killed"), { recursive: true });
    const archive = join(own.cache, "base", "1.tar");
    const definition = {
      suite: "bookworm" as const,
      ...{ registryImage: "debian:bookworm-slim", variant: "minbase" },
      ...{ include: "ca-certificates", dpkg: "force-unsafe-io" },
    };
    const said: string[] = [];
    const make = () => bootstrap(definition, archive, (line) => said.push(line));
    await Promise.all([make(), make()]);
    assert.equal(readFileSync(archive, "utf8"), "base\n");
    const made = readFileSync(calls, "utf8").trimEnd().split("\n");
    assert.equal(made.length, 1);
    assert.match(made[0] ?? "", /\/dbha-lab\/tmp\/bookworm-\w+\/base\.tar$/);
    assert.deepEqual(readdirSync(join(own.cache, "tmp")), []);
    assert.deepEqual(said, ["waiting for other labs", "waiting for other labs", "unpacking Debian packages"]);
    assert.equal(existsSync(join(own.cache, "base-bookworm.lock")), true);
  });
});
