import { createReadStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import writeFileAtomic from "write-file-atomic";
import { runCommand } from "./command";
import { bootId } from "./daemon";
import { definitionHash } from "./definition";
import { dockerClient, IMAGE_LABEL, isNotFound } from "./docker";
import { ensureBootstrapTools, isDebian12 } from "./packages";
import { cacheDir, isPresent } from "./paths";

/** What the Debian base of all lab images is; part of every image's hash. */
const DEFINITION = {
  suite: "bookworm",
  registryImage: "debian:bookworm-slim",
  variant: "minbase",
  include: "ca-certificates",
  // documentation and translations are a third of it and nobody reads them here; hosts are not kept, so no fsync per file
  dpkg: "path-exclude=/usr/share/doc/* path-exclude=/usr/share/man/* path-exclude=/usr/share/locale/* force-unsafe-io",
} as const;

const PULL_START_SECONDS = 10;
const PULL_LIMIT_SECONDS = 180;

export function baseHash(): string {
  return definitionHash(undefined, DEFINITION);
}

export function baseTag(): string {
  return `dbha-lab/base:${baseHash()}`;
}

/** Makes sure that the Debian base is in Docker: pulled where a registry answers, else made from the machine's package sources. */
export async function ensureBase(say: (line: string) => void): Promise<string> {
  const docker = dockerClient();
  if (await hasImage(docker, baseTag())) return "in Docker already";
  const archive = join(cacheDir(), "base", `${baseHash()}.tar`);
  if (!isPresent(archive)) {
    const pulled = await pullBase(docker, say);
    if (pulled !== undefined) return pulled;
    await bootstrap(archive, say);
  }
  say("loading it into Docker");
  const stream = await docker.importImage(createReadStream(archive), {
    repo: baseTag().split(":")[0],
    tag: baseHash(),
    changes: `LABEL ${IMAGE_LABEL}=base`,
  });
  await followed(docker, stream);
  return "made from Debian packages";
}

export async function hasImage(docker: Docker, tag: string): Promise<boolean> {
  try {
    await docker.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function followed(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Pulls the base within a time limit. A registry that cannot be reached is not asked again until the machine reboots. */
async function pullBase(docker: Docker, say: (line: string) => void): Promise<string | undefined> {
  const memory = join(cacheDir(), "registry-unreachable");
  if (isPresent(memory) && readFileSync(memory, "utf8") === bootId()) return undefined;
  say(`asking the image registry for ${DEFINITION.registryImage}`);
  const abort = new AbortController();
  const timers = [PULL_START_SECONDS, PULL_LIMIT_SECONDS].map((seconds) =>
    setTimeout(() => abort.abort(), seconds * 1000),
  );
  try {
    const stream = await docker.pull(DEFINITION.registryImage, { abortSignal: abort.signal });
    clearTimeout(timers[0]);
    await followed(docker, stream);
    const image = docker.getImage(DEFINITION.registryImage);
    await image.tag({ repo: "dbha-lab/base", tag: baseHash() });
    return "pulled from the registry";
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    say(
      `no image registry (${abort.signal.aborted ? "no answer in time" : (reason ?? "")}); making the base from Debian packages`,
    );
    await writeFileAtomic(memory, bootId());
    return undefined;
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** Picks Debian's own package sources out of `apt-get indextargets` lines `URI|release|component|origin|codename`. */
export function debianSources(lines: string, suite: string): string[] {
  const wanted = lines
    .split("\n")
    .map((line) => line.split("|"))
    .filter(
      ([uri = "", , , origin, codename = ""]) =>
        origin === "Debian" && codename.split("-")[0] === suite && !uri.startsWith("cdrom:"),
    );
  return [...new Set(wanted.map(([uri, release, component]) => `deb ${uri} ${release} ${component}`))];
}

async function machineSources(): Promise<string[]> {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(CODENAME)";
  const query = async (): Promise<string[]> => {
    const output = await runCommand("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
    return debianSources(output, DEFINITION.suite);
  };
  const known = await query();
  if (known.length > 0) return known;
  await runCommand("apt-get", ["-q", "update"], { limitSeconds: 300 });
  const updated = await query();
  if (updated.length > 0) return updated;
  throw new Error(
    `no Debian ${DEFINITION.suite} package source found: check /etc/apt/sources.list and \`apt-get update\``,
  );
}

/** Makes the root filesystem with mmdebstrap. Killed at any point it leaves nothing but a temporary directory, removed here. */
async function bootstrap(archive: string, say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || !isDebian12()) {
    throw new Error(
      `no image registry can be reached, and the lab makes its Debian base from packages only as root on Debian 12. ` +
        `Make \`docker pull ${DEFINITION.registryImage}\` work (or \`docker load\` that image), remove ${join(cacheDir(), "registry-unreachable")}, and run this again.`,
    );
  }
  await ensureBootstrapTools(say);
  say("unpacking Debian packages");
  const temporary = join(cacheDir(), "tmp");
  // never across a file system: it might be a mount of a bootstrap that was killed
  await runCommand("rm", ["-rf", "--one-file-system", temporary]);
  mkdirSync(temporary, { recursive: true });
  mkdirSync(join(archive, ".."), { recursive: true });
  const part = join(temporary, "base.tar");
  const sources = await machineSources();
  const dpkg = DEFINITION.dpkg.split(" ").map((option) => `--dpkgopt=${option}`);
  const mmdebstrap = ["mmdebstrap", `--variant=${DEFINITION.variant}`, `--include=${DEFINITION.include}`, ...dpkg];
  // in namespaces of its own: when it is killed, its processes and mounts go with it
  await runCommand(
    "unshare",
    ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", ...mmdebstrap, DEFINITION.suite, part, "-"],
    { input: `${sources.join("\n")}\n`, env: { TMPDIR: temporary }, limitSeconds: 600 },
  );
  for (const old of readdirSync(join(archive, ".."))) rmSync(join(archive, "..", old), { force: true });
  renameSync(part, archive);
}
