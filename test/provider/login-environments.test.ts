import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { writeTar } from "./archive-files";
import { hostOf } from "./cases";
import { PluginClient, Properties } from "./plugin-client";
import { Sshd, startSshd } from "./sshd";

/** What a login on some host does to whoever runs a command there. */
interface Login {
  name: string;
  /** The login shell. */
  shell: string;
  /** What `sh` is. */
  sh: string;
  /** Its startup files by their names in the home directory. */
  files?: Record<string, string>;
  /** Environment that comes from elsewhere, such as /etc/environment. */
  env?: Record<string, string>;
}

/** What other programs take from the environment, and a hardened or careless site may set. */
const env = {
  TMOUT: "1",
  CDPATH: "/:/usr",
  POSIXLY_CORRECT: "1",
  GREP_OPTIONS: "-v",
  TAR_OPTIONS: "--exclude=*",
  GZIP: "-l",
  LANG: "zh_CN.UTF-8",
  LC_ALL: "de_DE.UTF-8",
  LANGUAGE: "zh",
  TMPDIR: "/nowhere",
  COLUMNS: "10",
  OMP_NUM_THREADS: "77",
  SYSTEMD_COLORS: "1",
  IFS: "/",
};

/** Output with an empty line in it and no end to the last one, and answers that nobody asked for. */
const noise = "echo Welcome; echo; echo kind=missing; echo problem=none; echo now=1; printf 'exit=3 Last login: '";

const logins: Login[] = [
  { name: "bash that says nothing, sh is dash", shell: "bash", sh: "dash" },
  {
    name: "bash with all that a profile can do, sh is bash",
    shell: "bash",
    sh: "bash",
    files: {
      ".bashrc": `${noise}; echo said >&2
sh() { echo a function; }
ls() { echo ls; }
find() { echo find; }
stat() { echo stat; }
export -f sh ls find stat
alias sh='echo an alias'
shopt -s failglob nullglob dotglob
export BASHOPTS
readonly TMOUT=1
export TMOUT BASH_ENV=$HOME/env ENV=$HOME/env
trap 'echo bye; exit 9' EXIT
trap '' TERM
umask 000
ulimit -S -f 64
set -o noclobber -o noglob -o nounset -o errexit
export SHELLOPTS
`,
      env: "echo from BASH_ENV",
    },
    env,
  },
  { name: "dash, sh is bash", shell: "dash", sh: "bash", env: { ...env, ENV: "/nowhere", PATH: "/usr/bin:/bin" } },
  {
    name: "csh",
    shell: "bsd-csh",
    sh: "dash",
    files: {
      ".cshrc": `${noise.replaceAll(";", "\n")}\nalias sh 'echo alias'\nsetenv TMOUT 1\numask 077\nset noclobber\n`,
    },
    env,
  },
  {
    name: "tcsh",
    shell: "tcsh",
    sh: "bash",
    files: { ".tcshrc": `${noise}\nalias sh 'echo alias'\nsetenv TMOUT 1\numask 077\nset noclobber\n` },
    env,
  },
  {
    name: "fish",
    shell: "fish",
    sh: "bash",
    files: { ".config/fish/config.fish": `${noise}\nalias sh 'echo alias'\nset -x TMOUT 1\numask 000\n` },
    env,
  },
  {
    name: "zsh",
    shell: "zsh",
    sh: "dash",
    files: { ".zshenv": `${noise}\nalias sh='echo alias'\nsetopt noclobber nounset\nexport TMOUT=1\numask 077\n` },
    env,
  },
  { name: "mksh", shell: "mksh", sh: "mksh", files: { ".mkshrc": noise }, env: { ...env, ENV: "/nowhere" } },
];

describe("Scripts survive the login environment of", function () {
  this.timeout(60_000);
  let plugin: PluginClient;
  let tar: string;
  let scratch: string;
  let servers: Sshd[];
  let outcomes: Promise<unknown>[];

  // All at once: most of the time they wait.
  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "dbha-logins-"));
    tar = join(scratch, "product.tar.gz");
    await writeTar(tar, [
      { name: "product/bin/run", content: "#!/bin/sh\n", mode: 0o755 },
      { name: "product/a", content: "a" },
    ]);
    servers = await Promise.all(logins.map(startLogin));
    const credentials = Object.fromEntries(servers.map(({ privateKeyFile }, i) => [`host${i}`, { privateKeyFile }]));
    plugin = await PluginClient.start({ config: { credentials }, env: { XDG_CACHE_HOME: join(scratch, "cache") } });
    outcomes = servers.map((sshd, i) =>
      everyKind(hostOf(sshd, { name: `host${i}` }), join(sshd.directory, "made here")).catch((error: unknown) => error),
    );
  });
  after(async () => {
    await Promise.all(outcomes);
    await plugin.stop();
    await Promise.all(servers.map((sshd) => sshd.stop()));
    rmSync(scratch, { recursive: true });
  });

  logins.forEach(({ name }, i) =>
    it(name, async () => {
      const error = await outcomes[i];
      if (error !== undefined) throw error as Error;
    }),
  );

  /** Makes, reads, changes and removes what a host without systemd and Docker can have. */
  async function everyKind(host: Properties, path: string): Promise<void> {
    const { answer } = await plugin.invoke("dbha:index:getHostFacts", { host });
    assert.equal(answer.cores, cpus().length);
    assert.equal(answer.kernel, execFileSync("uname", ["-r"], { encoding: "utf8" }).trim());
    assert.ok(Math.abs(Number(answer.clockSkewMs)) < 5_000, `clock skew ${String(answer.clockSkewMs)} ms`);

    const probe = (command: string) => plugin.invoke("dbha:index:getHealth", { host, command });
    const shown = await probe(
      `[ -z "\${TMOUT-}\${BASH_ENV-}\${CDPATH-}" ] && [ "$(umask -S)/$LC_ALL" = u=rwx,g=,o=/C ] && command -v sshd && echo /et*`,
    );
    assert.deepEqual([shown.answer.healthy, shown.answer.detail], [true, "status 0"]);
    const json = await plugin.invoke("dbha:index:getHealth", { host, command: `echo '{"a":1}'`, extract: { a: "/a" } });
    assert.deepEqual(json.answer.values, { a: "1" });
    assert.match(String((await probe("echo this >&2; exit 4")).answer.detail), /^status 4: this$/);

    const directory = await plugin.make("dbha:index:Directory", { host, path, mode: "0750" });
    assert.equal(statSync(path).mode & 0o7777, 0o750);
    assert.deepEqual(directory.state.createdPaths, [path]);
    await unchanged("dbha:index:Directory", directory);

    for (const content of ["short\n", "long\n".repeat(50_000)]) {
      // longer than the login's limit of time for `read`
      const onChange = `sleep 1.2; echo changed >'${path}/mark'`;
      const file = await plugin.make("dbha:index:File", { host, path: `${path}/file`, content, onChange });
      assert.equal(readFileSync(join(path, "file"), "utf8"), content);
      assert.equal(statSync(join(path, "file")).mode & 0o7777, 0o644);
      assert.equal(readFileSync(join(path, "mark"), "utf8"), "changed\n");
      await unchanged("dbha:index:File", file);
      writeFileSync(join(path, "file"), "drift");
      const read = await plugin.read("dbha:index:File", file.id, file.state);
      assert.equal(read?.state.content, "drift");
      await plugin.delete("dbha:index:File", file.id, file.state);
      assert.equal(await plugin.read("dbha:index:File", file.id, file.state), undefined);
      rmSync(join(path, "mark"));
    }

    const conf = `${path}/etc/it's`;
    const program = await plugin.make("dbha:index:Files", {
      host,
      directories: { [`${path}/etc`]: {}, [`${path}/data`]: { mode: "0700" } },
      files: {
        [conf]: {
          content: "größe\n",
          validate: `grep -q größe "$DBHA_FILE"`,
          onChange: `echo changed >'${path}/mark'`,
        },
        [`${path}/etc/run`]: { content: "long\n".repeat(10_000), mode: "0755" },
      },
    });
    assert.equal(readFileSync(conf, "utf8"), "größe\n");
    assert.deepEqual(
      [conf, join(path, "etc", "run"), join(path, "etc"), join(path, "data")].map((one) => statSync(one).mode & 0o7777),
      [0o644, 0o755, 0o755, 0o700],
    );
    assert.equal(readFileSync(join(path, "mark"), "utf8"), "changed\n");
    await unchanged("dbha:index:Files", program);
    writeFileSync(conf, "drift");
    const drifted = await plugin.read("dbha:index:Files", program.id, program.state);
    assert.equal((drifted?.state.files as Record<string, Properties>)[conf]?.content, "drift");
    await plugin.delete("dbha:index:Files", program.id, program.state);
    assert.deepEqual(readdirSync(path), ["mark"]);
    rmSync(join(path, "mark"));

    const archive = await plugin.make("dbha:index:Archive", {
      host,
      source: tar,
      path: `${path}/opt`,
      version: "1",
      stripComponents: 1,
    });
    assert.deepEqual(readdirSync(join(path, "opt", "current")).sort(), ["a", "bin"]);
    assert.equal(statSync(join(path, "opt", "1", "bin", "run")).mode & 0o7777, 0o755);
    await unchanged("dbha:index:Archive", archive);
    await plugin.delete("dbha:index:Archive", archive.id, archive.state);

    await plugin.delete("dbha:index:Directory", directory.id, directory.state);
    assert.ok(!existsSync(path));
  }

  const unchanged = async (
    type: string,
    { id, inputs, state }: { id: string; inputs: Properties; state: Properties },
  ) => assert.deepEqual(await plugin.read(type, id, state), { inputs, state });
});

/** An SSH server whose user logs in as told: sshd hands the command to a stand-in of that user's shell. */
async function startLogin({ shell, sh, files = {}, env: more = {} }: Login): Promise<Sshd> {
  const which = (name: string) => {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      throw new Error(`these tests need ${name}: apt-get install ${name.replace("bsd-", "")}`);
    }
  };
  const home = mkdtempSync(join(tmpdir(), "dbha-home-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  execFileSync("ln", ["-s", which(sh), join(bin, "sh")]);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), content);
  }
  const variables = {
    HOME: home,
    USER: "root",
    SSH_CLIENT: "127.0.0.1 1 22",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...more,
  };
  const words = Object.entries({ ...variables, PATH: `${bin}:${variables.PATH}` }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const entry = join(home, "login");
  const quoted = words.map((word) => `'${word}'`).join(" ");
  writeFileSync(entry, `#!/bin/sh\nexec env -i ${quoted} ${which(shell)} -c "$SSH_ORIGINAL_COMMAND"\n`, {
    mode: 0o755,
  });
  const sshd = await startSshd({ config: [`ForceCommand ${entry}`] });
  return {
    ...sshd,
    stop: async () => {
      await sshd.stop();
      rmSync(home, { recursive: true });
    },
  };
}
