import { createReadStream, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type Docker from "dockerode";
import writeFileAtomic from "write-file-atomic";
import { bootstrap, unreachableNote, USR_IS_MERGED } from "./bootstrap";
import { bootId } from "./daemon";
import { definitionHash } from "./definition";
import { dockerClient, IMAGE_LABEL, isNotFound } from "./docker";
import { cacheDir, isPresent } from "./paths";

/** Debian releases that lab images are built on: 12, on which most are, and 13. */
export const SUITES = ["bookworm", "trixie"] as const;
export type Suite = (typeof SUITES)[number];

/** What stands in for usrmerge in Debian 12, with which Perl comes: a third of a base, which each image has and each host unpacks. */
const MERGED: Record<Suite, string[]> = { bookworm: [USR_IS_MERGED], trixie: [] };

/** What a Debian base is; part of every image's hash. */
const definition = (suite: Suite) => ({
  suite,
  registryImage: `debian:${suite}-slim`,
  variant: "minbase",
  include: ["ca-certificates", ...MERGED[suite]].join(","),
  // documentation and translations are a third of it and nobody reads them here; hosts are not kept, so no fsync per file
  dpkg: "path-exclude=/usr/share/doc/* path-exclude=/usr/share/man/* path-exclude=/usr/share/locale/* force-unsafe-io",
});
export type BaseDefinition = ReturnType<typeof definition>;

const PULL_START_SECONDS = 10;
const PULL_LIMIT_SECONDS = 180;

export function baseHash(suite: Suite): string {
  return definitionHash(undefined, definition(suite));
}

export function baseTag(suite: Suite): string {
  return `dbha-lab/base:${baseHash(suite)}`;
}

const archivePath = (suite: Suite): string => join(cacheDir(), "base", `${baseHash(suite)}.tar`);

/** Makes sure that a Debian base is in Docker: pulled where a registry answers, else made from the machine's package sources. */
export async function ensureBase(suite: Suite, say: (line: string) => void): Promise<string> {
  const docker = dockerClient();
  if (await hasImage(docker, baseTag(suite))) return "in Docker already";
  const archive = archivePath(suite);
  if (!isPresent(archive)) {
    const pulled = await pullBase(docker, suite, say);
    if (pulled !== undefined) return pulled;
    await bootstrap(definition(suite), archive, say);
    const current = SUITES.map((each) => basename(archivePath(each)));
    for (const old of readdirSync(dirname(archive)).filter((file) => !current.includes(file)))
      rmSync(join(dirname(archive), old), { force: true });
  }
  say("loading it into Docker");
  const stream = await docker.importImage(createReadStream(archive), {
    repo: baseTag(suite).split(":")[0],
    tag: baseHash(suite),
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
async function pullBase(docker: Docker, suite: Suite, say: (line: string) => void): Promise<string | undefined> {
  const memory = unreachableNote();
  const { registryImage } = definition(suite);
  if (isPresent(memory) && readFileSync(memory, "utf8") === bootId()) return undefined;
  say(`asking the image registry for ${registryImage}`);
  const abort = new AbortController();
  const timers = [PULL_START_SECONDS, PULL_LIMIT_SECONDS].map((seconds) =>
    setTimeout(() => abort.abort(), seconds * 1000),
  );
  try {
    const stream = await docker.pull(registryImage, { abortSignal: abort.signal });
    clearTimeout(timers[0]);
    await followed(docker, stream);
    const image = docker.getImage(registryImage);
    await image.tag({ repo: "dbha-lab/base", tag: baseHash(suite) });
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
