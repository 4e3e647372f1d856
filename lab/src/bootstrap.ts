import { mkdirSync, mkdtempSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BaseDefinition } from "./base";
import { withCacheLock } from "./cache-lock";
import { runCommand } from "./command";
import { canInstall, ensureBootstrapTools } from "./packages";
import { cacheDir, isPresent } from "./paths";

/** The package by which a base says that /bin, /lib and /sbin are links from the beginning. */
export const USR_IS_MERGED = "usr-is-merged";

/** Notes in which boot of the machine no image registry answered. */
export const unreachableNote = (): string => join(cacheDir(), "registry-unreachable");

/**
 * Package sources of a Debian release, out of `apt-get indextargets` lines `URI|component|origin|codename` of this machine: its own
 * where it has some of that release, else its mirrors, asked for that release. Backports and the like are left out.
 */
export function debianSources(lines: string, suite: string): string[] {
  const own = lines
    .split("\n")
    .map((line) => line.split("|"))
    .map(([uri = "", component = "", origin, codename = ""]) => {
      const [, release, pocket = ""] = /^([a-z]+)(-updates|-security)?$/.exec(codename) ?? [];
      return {
        uri,
        component,
        release: origin === "Debian" && !uri.startsWith("cdrom:") ? release : undefined,
        pocket,
      };
    })
    .filter(({ release }) => release !== undefined);
  const exact = own.filter(({ release }) => release === suite);
  const wanted = exact.length > 0 ? exact : own;
  return [...new Set(wanted.map(({ uri, component, pocket }) => `deb ${uri} ${suite}${pocket} ${component}`))];
}

/** What apt knows of this machine's package sources. */
async function machineSources(): Promise<string> {
  const format = "$(REPO_URI)|$(COMPONENT)|$(ORIGIN)|$(CODENAME)";
  const query = (): Promise<string> =>
    runCommand("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const known = await query();
  if (debianSources(known, "any").length > 0) return known;
  await runCommand("apt-get", ["-q", "update"], { limitSeconds: 300 });
  return query();
}

let machine: Promise<string> | undefined;

/** Gets what every bootstrap needs, once: package lists and packages have locks. */
function prepared(say: (line: string) => void): Promise<string> {
  machine ??= ensureBootstrapTools(say).then(machineSources);
  return machine;
}

/** How long one may take, and how long another lab's is waited for, in seconds. */
const LIMIT = 600;

/**
 * Makes a root filesystem with mmdebstrap, unless another lab that has the same cache is making it: then it waits for that. Killed at
 * any point it leaves nothing but a temporary directory, removed here.
 */
export async function bootstrap(
  definition: BaseDefinition,
  archive: string,
  say: (line: string) => void,
): Promise<void> {
  const { suite, registryImage } = definition;
  if (!canInstall()) {
    throw new Error(
      `no image registry can be reached, and the lab makes its Debian bases from packages only as root on Debian 12 or 13. ` +
        `Make \`docker pull ${registryImage}\` work (or \`docker load\` that image), remove ${unreachableNote()}, and run this again.`,
    );
  }
  const sources = debianSources(await prepared(say), suite);
  if (sources.length === 0) {
    throw new Error("no Debian package source found: check /etc/apt/sources.list and `apt-get update`");
  }
  say("waiting for other labs");
  await withCacheLock(`base-${suite}`, LIMIT + 60, async () => {
    if (isPresent(archive)) return;
    say("unpacking Debian packages");
    await make(definition, sources, archive);
  });
}

/** Makes it in a directory of its own, and puts it in place as a whole. */
async function make(definition: BaseDefinition, sources: string[], archive: string): Promise<void> {
  const { suite, variant, include, dpkg } = definition;
  const temporary = join(cacheDir(), "tmp");
  mkdirSync(temporary, { recursive: true });
  mkdirSync(dirname(archive), { recursive: true });
  const isOfIt = (name: string): boolean => name === suite || name.startsWith(`${suite}-`);
  for (const left of readdirSync(temporary).filter(isOfIt)) await remove(join(temporary, left));
  const own = mkdtempSync(join(temporary, `${suite}-`));
  const part = join(own, "base.tar");
  const options = dpkg.split(" ").map((option) => `--dpkgopt=${option}`);
  if (include.split(",").includes(USR_IS_MERGED)) options.push("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr");
  const mmdebstrap = ["mmdebstrap", `--variant=${variant}`, `--include=${include}`, ...options];
  try {
    // in namespaces of its own: when it is killed, its processes and mounts go with it
    await runCommand(
      "unshare",
      ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...mmdebstrap, suite, part, "-"],
      { input: `${sources.join("\n")}\n`, env: { TMPDIR: own }, limitSeconds: LIMIT },
    );
    renameSync(part, archive);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`Debian ${suite} cannot be made from\n${sources.join("\n")}\n${said}`, { cause: error });
  } finally {
    await remove(own);
  }
}

/** Never across a file system: it might be a mount of a bootstrap that was killed. */
const remove = (directory: string): Promise<string> => runCommand("rm", ["-rf", "--one-file-system", directory]);
