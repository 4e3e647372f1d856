import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** Options by which ssh learns the keys that a server may show. */
export type Pins = (hostKeys: readonly string[]) => string[];

/** By a command that prints them: nothing has to be kept. OpenSSH 8.5 and later. */
const byCommand: Pins = (hostKeys) => {
  const lines = hostKeys.map((key) => `"%H ${key}"`).join(" ");
  return ["-o", "UserKnownHostsFile=/dev/null", "-o", `KnownHostsCommand=/usr/bin/printf "%%s\\n" ${lines}`];
};

/**
 * By a file of their own, for any server's name, in `$XDG_CACHE_HOME/dbha` or `~/.cache/dbha`. It is called after what it
 * holds, so it is never changed and may be deleted at any time; ssh puts the home directory in by itself, so that the state
 * holds the same words on every machine.
 */
const byFile: Pins = (hostKeys) => {
  const content = hostKeys.map((key) => `* ${key}\n`).join("");
  const name = `known_hosts-${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
  const cache = process.env.XDG_CACHE_HOME;
  const folder = join(cache !== undefined && cache !== "" ? cache : "~/.cache", "dbha");
  keep(folder.replace(/^~/, userHome), name, content);
  return ["-o", `UserKnownHostsFile="${join(folder, name)}"`];
};

function keep(folder: string, name: string, content: string): void {
  const path = join(folder, name);
  if (contentOf(path) === content) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The home directory as ssh knows it, whatever HOME says. */
const userHome = (): string => userInfo().homedir;

let known: Pins | undefined;

/** The way that the ssh of this machine understands. */
export const pins: Pins = (hostKeys) => (known ??= pinsFor(sshVersion()))(hostKeys);

/** What the system's ssh says of itself; empty where there is none. */
function sshVersion(): string {
  const { stderr } = spawnSync("ssh", ["-V"], { encoding: "utf8", timeout: 10_000 }) as { stderr: string | null };
  return stderr ?? "";
}

/** The way for a version, such as `OpenSSH_8.0p1, OpenSSL 1.1.1k`. */
export function pinsFor(version: string): Pins {
  const [, major, minor] = /OpenSSH\w*?_(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = major !== undefined && (Number(major) < 8 || (Number(major) === 8 && Number(minor) < 5));
  return isOld ? byFile : byCommand;
}
