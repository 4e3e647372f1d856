import type { Readable } from "node:stream";
import { z } from "zod";
import { DockerArchive, streamArchive } from "../docker-archive";
import { inspectImage, loadImage, pullImage, readImages, useImage } from "../scripts/image";
import type { Answer } from "../ssh/answer";
import type { Remote } from "../ssh/remote";
import { hostArchiveFor, noFileFor, transferLimit } from "./image-on-host";
import { archiveFor, ImageInputs, referenceOf, Tarballs } from "./image-source";
import type { Context } from "./kind";

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
  const { tarballs, hostTarballs, reference = "" } = inputs;
  const { ownedImageIds: owned, user = context.urn } = before;
  const work: Work = { inputs, owned, known: before.source, user, remote: context.remote(inputs.host), context };
  // Two resources with the same image on one host must not both send it.
  const brought = await context.exclusively(`image:${inputs.host.name}`, () => {
    if (tarballs !== undefined) {
      return upload(tarballs, work);
    }
    if (hostTarballs !== undefined) return loadThere(hostTarballs, work);
    return inputs.pull === false ? take(reference, work) : pull(reference, work);
  });
  return { ...brought, user };
}

/** What the ways to bring an image have in common. */
interface Work {
  inputs: ImageInputs;
  owned: string[];
  known: DockerArchive | undefined;
  user: string;
  remote: Remote;
  context: Context;
}

async function pull(reference: string, { owned, user, remote }: Work): Promise<ImageOutputs> {
  const step = { name: `pull ${reference}`, script: pullImage, values: { reference, user }, limit: transferLimit };
  const answer = await remote.run(step);
  const imageId = answer.must("id", imageIdForm);
  return {
    imageId,
    loadedReference: reference,
    architecture: answer.must("architecture", /^\w+$/),
    ownedImageIds: answer.get("brought") === undefined ? owned : withNewest(owned, imageId),
  };
}

/** Takes the image that the host has by its tag. */
async function take(reference: string, { owned, user, remote }: Work): Promise<ImageOutputs> {
  const { id, tags, architecture } = await imageToTake(reference, remote);
  // it has the tag already, and is not to get it from an image that has it since
  const values = { id, reference: "", user };
  const answer = await remote.run({ name: `use the image ${reference}`, script: useImage, values });
  const isOurs = answer.get("brought") !== undefined;
  const loadedReference = tags.includes(reference) ? reference : (tags[0] ?? "");
  return { imageId: id, loadedReference, architecture, ownedImageIds: isOurs ? withNewest(owned, id) : owned };
}

/** The image that is taken without a pull. @throws HostError where the host has none by this tag */
export const imageToTake = (reference: string, remote: Remote): Promise<ImageThere> =>
  imageThere(reference, `use the image ${reference}`, "docker load or docker pull it there, or leave pull out", remote);

/** What the Engine knows of the image with a tag. @throws HostError where there is none. */
export async function imageThere(reference: string, step: string, fix: string, remote: Remote): Promise<ImageThere> {
  const [image] = imagesOf(await remote.run({ name: step, script: inspectImage, values: { reference } }));
  if (image === undefined) throw remote.problem(step, "the Docker Engine has no such image", fix);
  return image;
}

/** Loads a file of the machine that runs Pulumi. */
async function upload(tarballs: Tarballs, work: Work): Promise<ImageOutputs> {
  const { inputs, known, remote, context } = work;
  const given = Object.keys(tarballs);
  // A site has not always the files of all architectures at hand; only this host's is needed.
  const reads = await Promise.allSettled(given.map((architecture) => archiveFor(inputs, architecture, known)));
  const found = await look(
    remote,
    reads.flatMap((read) => (read.status === "fulfilled" ? [read.value.imageId] : [])),
  );
  const chosen = reads[given.indexOf(found.architecture)];
  if (chosen?.status === "rejected") {
    throw chosen.reason;
  }
  const source = chosen?.value;
  if (source === undefined) {
    throw noFileFor("tarballs", tarballs, found.architecture, remote);
  }
  if (found.ids.includes(source.imageId)) {
    return use(source, work);
  }
  const size = `${Math.max(1, Math.round(source.size / 1_000_000))} MB`;
  return load(source, work, "", () =>
    streamArchive(source, (percent) => {
      context.status(percent === 100 ? `${source.path} sent, Docker is loading it` : `${percent}% of ${size} sent`);
    }),
  );
}

/** Loads a file of the host itself. */
async function loadThere(tarballs: Tarballs, work: Work): Promise<ImageOutputs> {
  const { known, remote } = work;
  const { architecture } = await look(remote, []);
  const source = await hostArchiveFor(tarballs, architecture, known, true, remote);
  const { ids } = await look(remote, [source.imageId]);
  return ids.includes(source.imageId) ? use(source, work) : load(source, work, source.path);
}

/** The host's architecture, and which of the images are there. */
export async function look(remote: Remote, list: string[]): Promise<{ architecture: string; ids: string[] }> {
  const answer = await remote.run({ name: "look for the image", script: readImages, values: {}, list });
  return { architecture: answer.must("architecture", /^\w+$/), ids: imagesOf(answer).map(({ id }) => id) };
}

/** What an image's ID looks like. */
const imageIdForm = /^sha256:[0-9a-f]{64}$/;

/** The parts of `GET /images/NAME/json` that are read. */
const inspectedImage = z.object({
  Id: z.string().regex(imageIdForm),
  RepoTags: z.array(z.string()).nullish(),
  Architecture: z.string(),
});

/** What an Engine knows of an image. */
interface ImageThere {
  id: string;
  tags: string[];
  architecture: string;
}

/** What a script said that the Engine knows of images. */
export const imagesOf = (answer: Answer): ImageThere[] =>
  answer.json("image", inspectedImage).map(({ Id: id, RepoTags, Architecture: architecture }) => {
    return { id, tags: RepoTags ?? [], architecture };
  });

/** Takes an image that is there. */
async function use(source: DockerArchive, { inputs, owned, user, remote }: Work): Promise<ImageOutputs> {
  const { imageId, architecture } = source;
  const loadedReference = referenceOf(inputs, source);
  const answer = await remote.run({
    name: `use the image ${loadedReference || imageId}`,
    script: useImage,
    values: { id: imageId, reference: loadedReference, user },
  });
  const isOurs = answer.get("brought") !== undefined;
  const ownedImageIds = isOurs && !owned.includes(imageId) ? [...owned, imageId] : owned;
  return { imageId, loadedReference, architecture, ownedImageIds, source };
}

/**
 * Loads an image.
 * @param path of the file on the host; empty when `body` sends it
 */
async function load(
  source: DockerArchive,
  { inputs, owned, user, remote }: Work,
  path: string,
  body?: () => Readable,
): Promise<ImageOutputs> {
  const loadedReference = referenceOf(inputs, source);
  const answer = await remote.run({
    name: `load ${source.path}`,
    script: loadImage,
    values: { id: source.imageId, reference: loadedReference, user, path },
    body,
    limit: transferLimit,
  });
  const imageId = answer.must("id", imageIdForm);
  const ownedImageIds = withNewest(owned, imageId);
  return { imageId, loadedReference, architecture: source.architecture, ownedImageIds, source };
}

function withNewest(owned: string[], imageId: string): string[] {
  return [...owned.filter((id) => id !== imageId), imageId];
}
