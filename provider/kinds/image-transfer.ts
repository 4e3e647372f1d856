import { DockerArchive, streamArchive } from "../docker-archive";
import { loadImage, pullImage, readImages, useImage } from "../scripts/image";
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
  /** The resource's name in the hosts' records, for ever the one at its creation. */
  user?: string;
  /** What the file held when it was last read, so that an unchanged one is not read again. */
  source?: DockerArchive;
};

/** What an image resource has from earlier; nothing at its creation. */
export type Before = Pick<ImageOutputs, "ownedImageIds" | "source" | "user">;

/** Makes sure that the image is in the Docker Engine of the host: loads or pulls it when it is not. */
export async function bring(inputs: ImageInputs, before: Before, context: Context): Promise<ImageOutputs> {
  const { ownedImageIds: owned, source, user = context.urn } = before;
  const remote = context.remote(inputs.host);
  // Two resources with the same image on one host must not both send it.
  const brought = await context.exclusively(`image:${inputs.host.name}`, () =>
    inputs.tarballs === undefined
      ? pull(inputs.reference ?? "", owned, user, remote)
      : load(inputs, inputs.tarballs, owned, source, user, remote, context),
  );
  return { ...brought, user };
}

async function pull(reference: string, owned: string[], user: string, remote: Remote): Promise<ImageOutputs> {
  const step = { name: `pull ${reference}`, script: pullImage, values: { reference, user }, limit: transferLimit };
  const answer = await remote.run(step);
  const imageId = answer.get("id") ?? "";
  return {
    imageId,
    loadedReference: reference,
    architecture: answer.get("architecture") ?? "",
    ownedImageIds: answer.get("brought") === undefined ? owned : withNewest(owned, imageId),
  };
}

async function load(
  inputs: ImageInputs,
  tarballs: Tarballs,
  owned: string[],
  known: DockerArchive | undefined,
  user: string,
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
    const answer = await remote.run({
      name: `use the image ${loadedReference || source.imageId}`,
      script: useImage,
      values: { id: source.imageId, reference: loadedReference, user },
    });
    const isOurs = answer.get("brought") !== undefined;
    const ownedImageIds = isOurs && !owned.includes(source.imageId) ? [...owned, source.imageId] : owned;
    return { ...outputs, imageId: source.imageId, ownedImageIds };
  }
  const size = `${Math.max(1, Math.round(source.size / 1_000_000))} MB`;
  const answer = await remote.run({
    name: `load ${source.path}`,
    script: loadImage,
    values: { id: source.imageId, reference: loadedReference, user },
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
