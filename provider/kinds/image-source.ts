import { DockerArchive, readDockerArchive } from "../docker-archive";
import { ImageFileProblem } from "../image-contents";
import type { Host } from "./fields";

type Architecture = "amd64" | "arm64";
export type Tarballs = Partial<Record<Architecture, string>>;
export type ImageInputs = {
  host: Host;
  tarballs?: Tarballs;
  hostTarballs?: Tarballs;
  reference?: string;
  pull?: boolean;
};

/** The only architecture that files are given for; undefined when there are several. */
export function onlyArchitecture(tarballs: Tarballs): string | undefined {
  const [architecture, ...more] = Object.keys(tarballs);
  return more.length === 0 ? architecture : undefined;
}

/** The file for an architecture; undefined when there is none. */
export function fileFor(tarballs: Tarballs, architecture: string): string | undefined {
  return tarballs[architecture as Architecture];
}

/** The tag the image is wanted under: the given one, or the file's; empty when neither has one. */
export function referenceOf(inputs: Pick<ImageInputs, "reference">, archive: DockerArchive): string {
  return inputs.reference ?? archive.references[0] ?? "";
}

/** Why a file is not the one for an architecture; undefined when it is. */
export function mismatch(field: string, architecture: string, archive: DockerArchive): ImageFileProblem | undefined {
  if (archive.architecture === architecture) {
    return undefined;
  }
  return new ImageFileProblem(
    `${archive.path} holds an image for ${archive.architecture}`,
    `give the file of the ${architecture} image, or name it ${field}.${archive.architecture}`,
  );
}

/** Reads the file for an architecture and makes sure that it holds an image for it. */
export async function archiveFor(
  { tarballs, host }: Pick<ImageInputs, "host" | "tarballs">,
  architecture: string,
  known: DockerArchive | undefined,
): Promise<DockerArchive> {
  const path = fileFor(tarballs ?? {}, architecture);
  if (path === undefined) {
    throw new Error(
      `host ${host.name} is ${architecture}, and tarballs has no file for it; add tarballs.${architecture}`,
    );
  }
  const archive = await readDockerArchive(path, known);
  const problem = mismatch("tarballs", architecture, archive);
  if (problem !== undefined) {
    throw new Error(`tarballs.${architecture}: ${problem.message}`);
  }
  return archive;
}
