import { DockerArchive, streamArchive } from "../docker-archive";
import { loadImage, pullImage, readImages, tagImage } from "../scripts/image";
import type { Remote } from "../ssh/remote";
import { archiveFor, ImageInputs, referenceOf, Tarballs } from "./image-source";
import type { Context } from "./kind";

/** How long an upload or a pull may take, in milliseconds. */
const transferLimit = 3_600_000;

export type ImageOutputs = {
  imageId: string;
  loadedReference: string;
  architecture: string;
  ownedImageIds: string[];
  /** What the file held when it was last read, so that an unchanged one is not read again. */
  source?: DockerArchive;
};

/** Makes sure that the image is in the Docker Engine of the host: loads or pulls it when it is not. */
export function bring(
  inputs: ImageInputs,
  owned: string[],
  known: DockerArchive | undefined,
  context: Context,
): Promise<ImageOutputs> {
  const remote = context.remote(inputs.host);
  // Two resources with the same image on one host must not both send it.
  return context.exclusively(`image:${inputs.host.name}`, () =>
    inputs.tarballs === undefined
      ? pull(inputs.reference ?? "", owned, remote)
      : load(inputs, inputs.tarballs, owned, known, remote, context),
  );
}

async function pull(reference: string, owned: string[], remote: Remote): Promise<ImageOutputs> {
  const step = { name: `pull ${reference}`, script: pullImage, values: { reference }, limit: transferLimit };
  const answer = await remote.run(step);
  const imageId = answer.get("id") ?? "";
  return {
    imageId,
    loadedReference: reference,
    architecture: answer.get("architecture") ?? "",
    ownedImageIds: answer.get("pulled") === undefined ? owned : withNewest(owned, imageId),
  };
}

async function load(
  inputs: ImageInputs,
  tarballs: Tarballs,
  owned: string[],
  known: DockerArchive | undefined,
  remote: Remote,
  context: Context,
): Promise<ImageOutputs> {
  const given = Object.keys(tarballs);
  // A site has not always the files of all architectures at hand; only this host's is needed.
  const reads = await Promise.allSettled(given.map((architecture) => archiveFor(inputs, architecture, known)));
  const look = await remote.run({
    name: "look for the image",
    script: readImages,
    values: {},
    list: reads.flatMap((read) => (read.status === "fulfilled" ? [read.value.imageId] : [])),
  });
  const architecture = look.get("architecture") ?? "";
  const chosen = reads[given.indexOf(architecture)];
  if (chosen?.status === "rejected") {
    throw chosen.reason;
  }
  const source = chosen?.value;
  if (source === undefined) {
    const fix = `add tarballs.${architecture}, or run this on a host of another architecture`;
    throw remote.problem(
      "choose the image file",
      `it is ${architecture}, and tarballs has ${given.join(", ")} only`,
      fix,
    );
  }
  const loadedReference = referenceOf(inputs, source);
  const outputs = { loadedReference, architecture, source };

  if (look.all("id").includes(source.imageId)) {
    if (loadedReference !== "" && !look.all("tag").includes(loadedReference)) {
      const values = { id: source.imageId, reference: loadedReference };
      await remote.run({ name: `tag the image ${loadedReference}`, script: tagImage, values });
    }
    return { ...outputs, imageId: source.imageId, ownedImageIds: owned };
  }
  const size = `${Math.max(1, Math.round(source.size / 1_000_000))} MB`;
  const answer = await remote.run({
    name: `load ${source.path}`,
    script: loadImage,
    values: { id: source.imageId, reference: loadedReference },
    body: () =>
      streamArchive(source, (percent) => {
        context.status(percent === 100 ? `${source.path} sent, Docker is loading it` : `${percent}% of ${size} sent`);
      }),
    limit: transferLimit,
  });
  const imageId = answer.get("id") ?? "";
  return { ...outputs, imageId, ownedImageIds: withNewest(owned, imageId) };
}

function withNewest(owned: string[], imageId: string): string[] {
  return [...owned.filter((id) => id !== imageId), imageId];
}
