import { DockerArchive, readDockerArchive } from "../docker-archive";
import type { Host } from "./fields";

type Architecture = "amd64" | "arm64";
export type Tarballs = Partial<Record<Architecture, string>>;
export type ImageInputs = { host: Host; tarballs?: Tarballs; reference?: string };

/** The only architecture that files are given for; undefined when there are several. */
export function onlyArchitecture(tarballs: Tarballs): string | undefined {
  const [architecture, ...more] = Object.keys(tarballs);
  return more.length === 0 ? architecture : undefined;
}

/** The tag the image is wanted under: the given one, or the file's; empty when neither has one. */
export function referenceOf(inputs: ImageInputs, archive: DockerArchive): string {
  return inputs.reference ?? archive.references[0] ?? "";
}

/** Reads the file for an architecture and makes sure that it holds an image for it. */
export async function archiveFor(
  { tarballs, host }: Pick<ImageInputs, "host" | "tarballs">,
  architecture: string,
  known: DockerArchive | undefined,
): Promise<DockerArchive> {
  const path = tarballs?.[architecture as Architecture];
  if (path === undefined) {
    throw new Error(
      `host ${host.name} is ${architecture}, and tarballs has no file for it; add tarballs.${architecture}`,
    );
  }
  const archive = await readDockerArchive(path, known);
  if (archive.architecture !== architecture) {
    throw new Error(
      `tarballs.${architecture}: ${path} holds an image for ${archive.architecture}; ` +
        `give the file of the ${architecture} image, or name it tarballs.${archive.architecture}`,
    );
  }
  return archive;
}
