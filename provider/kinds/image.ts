import { z } from "zod";
import type { Failure } from "../check";
import { anyTouches, Change } from "../diff";
import { inspectImage, readImages, removeImages } from "../scripts/image";
import { hasUnknown } from "../wire";
import { Host, host, text } from "./fields";
import { archiveFor, ImageInputs, onlyArchitecture, referenceOf } from "./image-source";
import { bring, ImageOutputs } from "./image-transfer";
import type { Context, Found, Kind } from "./kind";

/** An image in a Docker Engine: from a file or a registry, pinned by its ID. */
export const imageKind: Kind<ImageInputs, ImageOutputs> = {
  token: "dbha:index:Image",
  description: "An image in the Docker Engine of a host, pinned by its ID.",
  inputs: {
    host: host(),
    tarballs: z
      .strictObject(
        {
          amd64: text("the path of an image file").optional().describe("For x86-64 hosts."),
          arm64: text("the path of an image file").optional().describe("For 64-bit ARM hosts."),
        },
        "tarballs are image files by architecture: amd64, arm64",
      )
      .refine((files) => Object.keys(files).length > 0, "no file is named; give amd64, arm64 or both")
      .meta({ id: "ImageTarballs", description: "Image files for docker load, by architecture." })
      .optional()
      .describe("Files written by docker save, on the machine that runs Pulumi."),
    reference: z
      .string("a reference is a text")
      .regex(/^[a-z0-9][A-Za-z0-9._:/@-]*$/, 'a reference is [REGISTRY/]NAME:TAG, such as "oceanbase/odc:4.3.1"')
      .optional()
      .describe("Image to pull; with tarballs, the tag that the loaded image gets."),
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

  rules: ({ tarballs, reference }): Failure[] => {
    const reason = "tarballs: neither tarballs nor reference is given; give files to load, or a reference to pull";
    return tarballs === undefined && reference === undefined ? [{ property: "tarballs", reason }] : [];
  },

  async drift(state, news) {
    const found = (path: string): Change => ({ path, kind: "update", input: false });
    if (news.tarballs === undefined || hasUnknown(news.tarballs)) {
      return state.imageId === "" || state.loadedReference === "" ? [found("imageId")] : [];
    }
    const archive = await archiveFor(news, state.architecture, state.source);
    const wanted = hasUnknown(news.reference) ? state.loadedReference : referenceOf(news, archive);
    return [
      ...(archive.imageId !== state.source?.imageId || state.imageId === "" ? [found("imageId")] : []),
      ...(wanted !== state.loadedReference ? [found("loadedReference")] : []),
    ];
  },

  import: {
    form: "NAME:TAG with the tag of an image in the Docker Engine",
    example: "p1:oceanbase/odc:4.3.1",
    look: (rest) => (isTag(rest) ? (host, context) => find(host, rest, context) : undefined),
  },

  id: ({ host, tarballs, reference }) => `${host.name}:${reference ?? tarballs?.amd64 ?? tarballs?.arm64 ?? ""}`,

  async foresee(news, state, changed) {
    if (news.tarballs === undefined || hasUnknown(news.tarballs)) {
      const { imageId, architecture, ownedImageIds, loadedReference, user } = state ?? {};
      const same = state !== undefined && !anyTouches(changed, "imageId", "reference", "tarballs");
      return same
        ? { imageId, architecture, ownedImageIds, loadedReference, user }
        : { loadedReference: news.reference };
    }
    const architecture = state?.architecture ?? onlyArchitecture(news.tarballs);
    if (architecture === undefined) {
      return {};
    }
    const source = await archiveFor(news, architecture, state?.source);
    const loadedReference = hasUnknown(news.reference) ? undefined : referenceOf(news, source);
    const base = { architecture, source, loadedReference };
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
    const answer = await context.remote(state.host).run({
      name: `look for image ${state.imageId}`,
      script: readImages,
      values: {},
      list: state.imageId === "" ? [] : [state.imageId],
    });
    if (answer.get("id") !== undefined) {
      const tagged = answer.all("tag").includes(state.loadedReference);
      return { ...state, loadedReference: tagged ? state.loadedReference : "" };
    }
    // Earlier images are still ours to remove, so they are not forgotten with the one that is gone.
    const earlier = state.ownedImageIds.filter((id) => id !== state.imageId);
    return earlier.length > 0 ? { ...state, imageId: "", ownedImageIds: earlier } : undefined;
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && !anyTouches(changed, "tarballs", "reference", "imageId", "loadedReference")) {
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
      context.status(`${id} is in use on ${host.name} and was kept`);
    }
    for (const used of answer.all("used")) {
      const [id = "", other = ""] = used.split(" ");
      context.status(`${id} is used by ${other} too and was kept on ${host.name}`);
    }
  },
};

function isTag(text: string): boolean {
  return /^[a-z0-9][A-Za-z0-9._:/-]*:[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text);
}

/** An image that was there; it is not removed on delete, since the resource did not bring it. */
async function find(host: Host, reference: string, context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import image ${reference}`;
  const answer = await remote.run({ name: step, script: inspectImage, values: { reference } });
  const imageId = answer.get("id");
  if (imageId === undefined) {
    const fix = "see docker image ls on the host, or declare the image without import, and up brings it";
    throw remote.problem(step, "the Docker Engine has no such image", fix);
  }
  const tags = answer.all("tag");
  if (!tags.includes(reference)) {
    const known = tags.length === 0 ? "no tag" : tags.join(", ");
    throw remote.problem(step, `the image is known there as ${known}`, "import it by a tag that it has");
  }
  const architecture = answer.get("architecture") ?? "";
  return { inputs: { reference }, outputs: { imageId, loadedReference: reference, architecture, ownedImageIds: [] } };
}
