import { z } from "zod";
import type { Failure } from "../check";
import { anyTouches, Change } from "../diff";
import type { DockerArchive } from "../docker-archive";
import { readImages, removeImages } from "../scripts/image";
import { HostError } from "../ssh/host-error";
import { hasUnknown } from "../wire";
import { absolutePath, Host, host, text } from "./fields";
import { currentArchive, hostArchiveFor } from "./image-on-host";
import { archiveFor, ImageInputs, onlyArchitecture, referenceOf, Tarballs } from "./image-source";
import { bring, ImageOutputs, imagesOf, imageThere, imageToTake, look } from "./image-transfer";
import type { Context, Found, Kind } from "./kind";

/** Image files by architecture. */
const files = (path: z.ZodString) =>
  z
    .strictObject(
      {
        amd64: path.optional().describe("For x86-64 hosts."),
        arm64: path.optional().describe("For 64-bit ARM hosts."),
      },
      "these are image files by architecture: amd64, arm64",
    )
    .refine((given) => Object.keys(given).length > 0, "no file is named; give amd64, arm64 or both");

const fileInputs = ["tarballs", "hostTarballs"];

/** An image in a Docker Engine: from a file or a registry, pinned by its ID. */
export const imageKind: Kind<ImageInputs, ImageOutputs> = {
  token: "dbha:index:Image",
  description: "An image in the Docker Engine of a host, pinned by its ID.",
  inputs: {
    host: host(),
    tarballs: files(text("the path of an image file"))
      .meta({ id: "ImageTarballs", description: "Image files on the machine that runs Pulumi, by architecture." })
      .optional()
      .describe("Files written by docker save, on the machine that runs Pulumi."),
    hostTarballs: files(absolutePath())
      .meta({ id: "ImageHostTarballs", description: "Image files on the host, by architecture." })
      .optional()
      .describe("Files written by docker save, on the host."),
    reference: z
      .string("a reference is a text")
      .regex(/^[a-z0-9][A-Za-z0-9._:/@-]*$/, 'a reference is [REGISTRY/]NAME:TAG, such as "oceanbase/odc:4.3.1"')
      .optional()
      .describe("Image to pull; with files, the tag that the loaded image gets."),
    pull: z
      .boolean("it is true or false")
      .optional()
      .describe("Whether it is pulled; without that the host must have it by this tag."),
  },
  outputs: {
    imageId: z.string().describe("ID of the image, known in preview when it comes from a file."),
    loadedReference: z.string().describe("Tag by which the image is known on the host, empty when it has none."),
    architecture: z.string().describe("Architecture of the image."),
    ownedImageIds: z
      .array(z.string())
      .describe("IDs of the images that this resource brought to the host, newest last."),
    user: z
      .string()
      .optional()
      .describe("The name of this resource in the hosts' records of who uses an image: its URN at its creation."),
    source: z
      .strictObject({
        path: z.string(),
        size: z.int(),
        modified: z.number(),
        imageId: z.string(),
        architecture: z.string(),
        references: z.array(z.string()),
      })
      .meta({ id: "ImageSource", description: "What an image file held when it was last read." })
      .optional()
      .describe("What the image file held when it was last read."),
  },
  quiet: [],
  replaceOn: ["host.name"],
  deleteBeforeReplace: true,

  rules: ({ tarballs, hostTarballs, reference, pull }): Failure[] => {
    if (pull === false && (tarballs ?? hostTarballs) !== undefined) {
      return [{ property: "pull", reason: "pull: files are given too, of which none is pulled; leave pull out" }];
    }
    if (tarballs !== undefined && hostTarballs !== undefined) {
      const reason = "hostTarballs: tarballs is given too; give the files of this machine or those of the host";
      return [{ property: "hostTarballs", reason }];
    }
    const reason =
      "tarballs: none of tarballs, hostTarballs and reference is given; give files to load, or a reference to pull";
    return (tarballs ?? hostTarballs ?? reference) === undefined ? [{ property: "tarballs", reason }] : [];
  },

  async drift(state, news) {
    const found = (path: string): Change => ({ path, kind: "update", input: false });
    const isGone = state.imageId === "";
    if (news.hostTarballs !== undefined) {
      const wanted = state.source === undefined || hasUnknown(news.reference) ? "" : referenceOf(news, state.source);
      return [
        ...(isGone || state.source === undefined ? [found("imageId")] : []),
        ...(wanted !== "" && wanted !== state.loadedReference ? [found("loadedReference")] : []),
      ];
    }
    if (news.tarballs === undefined || hasUnknown(news.tarballs)) {
      return isGone || state.loadedReference === "" ? [found("imageId")] : [];
    }
    const archive = await archiveFor(news, state.architecture, state.source);
    const wanted = hasUnknown(news.reference) ? state.loadedReference : referenceOf(news, archive);
    return [
      ...(archive.imageId !== state.source?.imageId || isGone ? [found("imageId")] : []),
      ...(wanted !== state.loadedReference ? [found("loadedReference")] : []),
    ];
  },

  import: {
    form: "NAME:TAG with the tag of an image in the Docker Engine",
    example: "p1:oceanbase/odc:4.3.1",
    look: (rest) => (isTag(rest) ? (host, context) => find(host, rest, context) : undefined),
  },

  id: ({ host, tarballs, hostTarballs, reference }) => {
    const { amd64, arm64 } = tarballs ?? hostTarballs ?? {};
    return `${host.name}:${reference ?? amd64 ?? arm64 ?? ""}`;
  },
  remains: ({ loadedReference, imageId, ownedImageIds }) =>
    ownedImageIds.includes(imageId) ? `image ${loadedReference || imageId}` : undefined,

  async foresee(news, state, changed, context) {
    const given = news.tarballs ?? news.hostTarballs;
    if (given === undefined || hasUnknown(given)) {
      const { imageId, architecture, ownedImageIds, loadedReference, user } = state ?? {};
      const same = state !== undefined && !anyTouches(changed, "imageId", "reference", ...fileInputs);
      if (same) return { imageId, architecture, ownedImageIds, loadedReference, user };
      return news.pull === false ? foreseenTaken(news, context) : { loadedReference: news.reference };
    }
    const source = await (news.tarballs === undefined
      ? foreseenThere(news, given, state, context)
      : foreseenHere(news, news.tarballs, state));
    if (source === undefined) {
      return {};
    }
    const loadedReference = hasUnknown(news.reference) ? undefined : referenceOf(news, source);
    const base = { architecture: source.architecture, source, loadedReference };
    if (state?.source?.imageId === source.imageId && state.imageId !== "") {
      return { ...base, imageId: state.imageId, ownedImageIds: state.ownedImageIds, user: state.user };
    }
    // An engine that names images otherwise has shown so by now; its name for the new one is not known.
    const namedByManifest =
      state?.source !== undefined && state.imageId !== "" && state.imageId !== state.source.imageId;
    return namedByManifest ? base : { ...base, imageId: source.imageId };
  },

  create: (inputs, context) => bring(inputs, { ownedImageIds: [] }, context),

  async read(state, context) {
    const remote = context.remote(state.host);
    const { imageId, source, hostTarballs, ownedImageIds } = state;
    const [answer, current] = await Promise.all([
      remote.run({
        name: `look for image ${imageId}`,
        script: readImages,
        values: {},
        list: imageId === "" ? [] : [imageId],
      }),
      hostTarballs === undefined || source === undefined ? source : currentArchive(source, remote),
    ]);
    if (current?.imageId !== source?.imageId) {
      return { ...state, imageId: "", source: current };
    }
    const [image] = imagesOf(answer);
    if (image !== undefined) {
      const tagged = image.tags.includes(state.loadedReference);
      return { ...state, source: current, loadedReference: tagged ? state.loadedReference : "" };
    }
    // Earlier images are still ours to remove, so they are not forgotten with the one that is gone.
    const earlier = ownedImageIds.filter((id) => id !== imageId);
    return earlier.length > 0 ? { ...state, imageId: "", ownedImageIds: earlier } : undefined;
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && !anyTouches(changed, ...fileInputs, "reference", "imageId", "loadedReference")) {
      const { imageId, loadedReference, architecture, ownedImageIds, user, source } = state;
      return { imageId, loadedReference, architecture, ownedImageIds, user, source };
    }
    return bring(news, state, context);
  },

  async delete({ host, ownedImageIds, user }, context) {
    const answer = await context.exclusively(`image:${host.name}`, () =>
      context.remote(host).run({
        name: "remove images",
        script: removeImages,
        values: { owned: ownedImageIds.join(" "), user: user ?? context.urn },
        list: [...ownedImageIds].reverse(),
      }),
    );
    for (const id of answer.all("kept")) {
      context.note(`${id} is in use on ${host.name} and was kept`);
    }
    for (const used of answer.all("used")) {
      const [id = "", other = ""] = used.split(" ");
      context.note(`${id} is used by ${other} too and was kept on ${host.name}`);
    }
  },
};

/** What the file of this machine holds; undefined when it is not known which one it will be. */
async function foreseenHere(
  news: ImageInputs,
  tarballs: Tarballs,
  state: ImageOutputs | undefined,
): Promise<DockerArchive | undefined> {
  const architecture = state?.architecture ?? onlyArchitecture(tarballs);
  return architecture === undefined ? undefined : archiveFor(news, architecture, state?.source);
}

/** What the file of the host holds; undefined when the host does not tell yet. */
async function foreseenThere(
  { host }: ImageInputs,
  tarballs: Tarballs,
  state: ImageOutputs | undefined,
  context: Context,
): Promise<DockerArchive | undefined> {
  if (hasUnknown(host)) {
    return undefined;
  }
  try {
    const remote = context.remote(host);
    const { architecture } = await look(remote, []);
    return await hostArchiveFor(tarballs, architecture, state?.source, state?.imageId !== "", remote);
  } catch (error) {
    if (error instanceof HostError && error.trouble !== "failed") {
      return undefined;
    }
    throw error;
  }
}

/** The image that the host has by its tag; nothing where it does not tell yet. @throws HostError where there is none. */
async function foreseenTaken({ host, reference }: ImageInputs, context: Context): Promise<Partial<ImageOutputs>> {
  if (hasUnknown(host) || reference === undefined || hasUnknown(reference)) return {};
  const remote = context.remote(host);
  try {
    const { id, architecture } = await imageToTake(reference, remote);
    return { imageId: id, architecture, loadedReference: reference };
  } catch (error) {
    if (error instanceof HostError && error.trouble !== "failed") return {};
    throw error;
  }
}

function isTag(text: string): boolean {
  return /^[a-z0-9][A-Za-z0-9._:/-]*:[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text);
}

/** An image that was there; it is not removed on delete, since the resource did not bring it. */
async function find(host: Host, reference: string, context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import image ${reference}`;
  const fix = "see docker image ls on the host, or declare the image without import, and up brings it";
  const { id: imageId, tags, architecture } = await imageThere(reference, step, fix, remote);
  if (!tags.includes(reference)) {
    const known = tags.length === 0 ? "no tag" : tags.join(", ");
    throw remote.problem(step, `the image is known there as ${known}`, "import it by a tag that it has");
  }
  return { inputs: { reference }, outputs: { imageId, loadedReference: reference, architecture, ownedImageIds: [] } };
}
