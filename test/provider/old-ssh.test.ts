import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pinsFor } from "../../components/known-hosts";
import { sshOptions } from "../../components/ssh-options";
import type { HostData } from "../../provider/resources";
import { hostOf } from "./cases";
import { makeKey, type Sshd, startSshd } from "./sshd";

const OLD = "OpenSSH_7.4p1, OpenSSL 1.0.2k-fips  26 Jan 2017";

/** What `ssh_config` of OpenSSH 7.4 has of what one may say of a connection without a terminal or forwarding; in lower case. */
const KEYWORDS =
  "addressfamily batchmode bindaddress certificatefile checkhostip ciphers compression connectionattempts connecttimeout " +
  "controlmaster controlpath controlpersist globalknownhostsfile hostkeyalgorithms hostkeyalias hostname identitiesonly " +
  "identityagent identityfile kexalgorithms loglevel macs numberofpasswordprompts passwordauthentication port " +
  "preferredauthentications proxycommand proxyjump pubkeyacceptedkeytypes pubkeyauthentication serveralivecountmax " +
  "serveraliveinterval stricthostkeychecking tcpkeepalive updatehostkeys user userknownhostsfile";

/** An ssh that knows no keyword and no value newer than CentOS 7's; all else is done by the real one. */
const shim = (real: string): string => `#!/bin/sh
[ "$1" != -V ] || { echo '${OLD}' >&2; exit; }
option=
for word; do
  if [ "$option" ]; then
    keyword=$(printf '%s' "\${word%%=*}" | tr '[:upper:]' '[:lower:]')
    case " ${KEYWORDS} " in
      *" $keyword "*) ;;
      *) echo "command-line: line 0: Bad configuration option: $keyword" >&2; exit 255 ;;
    esac
    case $word in StrictHostKeyChecking=accept-new|StrictHostKeyChecking=off)
      echo 'command-line line 0: unsupported option "'"\${word#*=}"'".' >&2; exit 255 ;;
    esac
  fi
  option=
  [ "$word" != -o ] || option=1
done
exec ${real} "$@"
`;

describe("CentOS 7's ssh, which knows no KnownHostsCommand", function () {
  this.timeout(30_000);
  let sshd: Sshd;
  let path: string;
  let cache: string;
  const cacheBefore = process.env.XDG_CACHE_HOME;

  before(async () => {
    sshd = await startSshd({ hostKeys: ["rsa", "ed25519"] });
    const real = execFileSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).trim();
    mkdirSync(join(sshd.directory, "bin"));
    writeFileSync(join(sshd.directory, "bin/ssh"), shim(real), { mode: 0o755 });
    path = `${join(sshd.directory, "bin")}${delimiter}${process.env.PATH ?? ""}`;
    cache = join(sshd.directory, "the cache");
    process.env.XDG_CACHE_HOME = cache;
  });
  after(async () => {
    if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cacheBefore;
    await sshd.stop();
  });

  const host = (more = {}): HostData => hostOf(sshd, more) as unknown as HostData;
  const login = (data: HostData, version = OLD): string => {
    const options = sshOptions(data, sshd.privateKeyFile, undefined, pinsFor(version));
    const args = [...options, "-p", String(data.port), `${data.user ?? ""}@${data.address}`, "echo in"];
    const { stdout, stderr } = spawnSync("ssh", args, { encoding: "utf8", env: { ...process.env, PATH: path } });
    return stdout.trim() || stderr.trim();
  };

  it("is given the pinned keys by a file, which is called after what it holds", () => {
    assert.match(login(host(), "OpenSSH_8.5p1"), /Bad configuration option: knownhostscommand/);
    assert.equal(login(host()), "in");
    assert.equal(login(host()), "in");
    const [file = "", ...more] = readdirSync(join(cache, "dbha"));
    assert.match(file, /^known_hosts-[0-9a-f]{16}$/);
    assert.deepEqual(more, []);
    const whole = join(cache, "dbha", file);
    assert.equal((statSync(whole).mode & 0o777).toString(8), "600");
    assert.equal(readFileSync(whole, "utf8"), `* ${sshd.hostKeys.rsa ?? ""}\n* ${sshd.hostKeys.ed25519 ?? ""}\n`);
    rmSync(whole);
    assert.equal(login(host()), "in", "a file that was deleted is written again");
  });

  it("holds to them", () => {
    const other = readFileSync(`${makeKey(sshd.directory, "other")}.pub`, "utf8").trim();
    assert.match(login(host({ hostKeys: [other] })), /Host key verification failed/);
  });

  it("goes through a bastion so, too", () => {
    const { address, port, user, hostKeys } = host();
    assert.equal(login(host({ bastion: { address, port, user, hostKeys } })), "in");
    assert.equal(sshd.log().match(/Accepted publickey/g)?.length, 5);
  });

  it("is recognised by its version; in the state the home directory stands as ~", () => {
    const script = `
      delete process.env.XDG_CACHE_HOME;
      require("node:fs").mkdirSync = require("node:fs").writeFileSync = require("node:fs").renameSync = () => undefined;
      const { pins } = require("./components/known-hosts.ts");
      console.log(JSON.stringify(pins(["ssh-ed25519 AAAA"])));`;
    const asked = (PATH: string): string[] => {
      const env = { ...process.env, PATH };
      const answer = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { encoding: "utf8", env });
      return JSON.parse(answer) as string[];
    };
    assert.deepEqual(asked(path), ["-o", 'UserKnownHostsFile="~/.cache/dbha/known_hosts-4ab30a117dcd9739"']);
    assert.match(asked(process.env.PATH ?? "").at(-1) ?? "", /^KnownHostsCommand=/);
  });
});
