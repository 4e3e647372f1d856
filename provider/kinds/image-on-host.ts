import type { DockerArchive } from "../docker-archive";
import { configLimit, contentsOf, ImageFileProblem, noImageFile } from "../image-contents";
import { readImageFile } from "../scripts/image";
import { HostError } from "../ssh/host-error";
import type { Remote } from "../ssh/remote";
import { fileFor, mismatch, Tarballs } from "./image-source";

/** How long it may take to read a file, to send it or to pull an image, in milliseconds. */
export const transferLimit = 3_600_000;

/**
 * Reads the file on the host for its architecture and makes sure that it holds an image for it.
 * @param mayBeGone whether the known file is not missed, since it has been loaded
 * @throws HostError
 */
export async function hostArchiveFor(
  tarballs: Tarballs,
  architecture: string,
  known: DockerArchive | undefined,
  mayBeGone: boolean,
  remote: Remote,
): Promise<DockerArchive> {
  const path = fileFor(tarballs, architecture);
  if (path === undefined) {
    throw noFileFor("hostTarballs", tarballs, architecture, remote);
  }
  const loaded = mayBeGone && known?.path === path ? known : undefined;
  const archive = (await readHostArchive(path, known, remote)) ?? loaded;
  if (archive === undefined) {
    throw remote.problem(
      `image file ${path}`,
      "there is no such file on the host",
      "put it there, or correct the path",
    );
  }
  const problem = mismatch("hostTarballs", architecture, archive);
  if (problem !== undefined) {
    throw remote.problem(`hostTarballs.${architecture}`, problem.found, problem.fix);
  }
  return archive;
}

/** That none of the files is for the host's architecture. */
export function noFileFor(field: string, tarballs: Tarballs, architecture: string, remote: Remote): HostError {
  const given = Object.keys(tarballs).join(", ");
  const fix = `add ${field}.${architecture}, or run this on a host of another architecture`;
  return remote.problem("choose the image file", `it is ${architecture}, and ${field} has ${given} only`, fix);
}

/**
 * Reads what image a file on the host holds, where it lies. One that is the known one by size and time is not read again.
 * @returns undefined when there is none
 * @throws HostError
 */
export async function readHostArchive(
  path: string,
  known: DockerArchive | undefined,
  remote: Remote,
): Promise<DockerArchive | undefined> {
  const before = known?.path === path ? `${known.size} ${known.modified / 1000}` : "";
  const name = `image file ${path}`;
  const values = { path, known: before, limit: configLimit };
  const answer = await remote.run({ name, script: readImageFile, values, limit: transferLimit });
  if (answer.must("kind", ["file", "missing"]) === "missing") {
    return undefined;
  }
  const [size, seconds] = [answer.must("size", /^\d+$/), answer.must("modified", /^\d+$/)];
  const broken = answer.get("broken");
  if (known !== undefined && before === `${size} ${seconds}`) {
    return known;
  }
  const part = (key: string) => Buffer.from(answer.must(key, /^[A-Za-z0-9+/=]*$/), "base64");
  try {
    if (broken !== undefined) {
      throw noImageFile(broken.trim());
    }
    const contents = contentsOf(part("manifest"), () => part("config"));
    return { path, size: Number(size), modified: Number(seconds) * 1000, ...contents };
  } catch (error) {
    throw error instanceof ImageFileProblem ? remote.problem(name, error.found, error.fix) : error;
  }
}

/**
 * What a file on the host holds by now, for a resource that has loaded it. One that was removed after it was loaded is not
 * missed; of one that is no image file any more nothing is known.
 */
export async function currentArchive(loaded: DockerArchive, remote: Remote): Promise<DockerArchive | undefined> {
  try {
    return (await readHostArchive(loaded.path, loaded, remote)) ?? loaded;
  } catch (error) {
    if (error instanceof HostError && error.trouble === "failed") {
      return undefined;
    }
    throw error;
  }
}
