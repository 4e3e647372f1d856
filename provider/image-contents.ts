import { createHash } from "node:crypto";
import { z } from "zod";

/** Image configurations are a few KiB; layers, which share their way of being named, are not. */
export const configLimit = 1024 * 1024;

/** What image a file written by `docker save` holds. */
export const contentsSchema = z.object({
  /** Its ID, `sha256:…`: the hash of its configuration. */
  imageId: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Docker's name of its architecture. */
  architecture: z.string(),
  /** Its tags in the file. */
  references: z.array(z.string()),
});
export type Contents = z.output<typeof contentsSchema>;

/** Why a file cannot be taken for an image, wherever it lies, and what to do. */
export class ImageFileProblem extends Error {
  constructor(
    readonly found: string,
    readonly fix: string,
  ) {
    super(`${found}; ${fix}`);
    this.name = "ImageFileProblem";
  }
}

/** The file is no tar, or a part of one. */
export const noImageFile = (why: string): ImageFileProblem =>
  new ImageFileProblem(`it is not an image file (${why})`, "write it by docker save, plain or through gzip");

const manifestSchema = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() }));
const configSchema = z.object({ architecture: z.string() });

/**
 * Judges the parts of an image file that tell what it holds.
 * @param manifest its manifest.json; undefined when it has none
 * @param entry its other files by name
 * @throws ImageFileProblem
 */
export function contentsOf(manifest: Buffer | undefined, entry: (name: string) => Buffer | undefined): Contents {
  const images = manifestSchema.safeParse(parse(manifest));
  if (!images.success) {
    throw new ImageFileProblem("it has no manifest.json that Docker would read", "write it by docker save");
  }
  const [image, ...more] = images.data;
  if (image === undefined || more.length > 0) {
    throw new ImageFileProblem(`it holds ${images.data.length} images`, "save one image per file");
  }
  const bytes = entry(image.Config);
  const config = configSchema.safeParse(parse(bytes));
  const digest = createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
  if (!config.success || !image.Config.includes(digest)) {
    throw new ImageFileProblem("the image's configuration is missing or damaged", "write it anew by docker save");
  }
  const { architecture } = config.data;
  return { imageId: `sha256:${digest}`, architecture, references: image.RepoTags ?? [] };
}

function parse(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString("utf8") ?? "");
  } catch {
    return undefined;
  }
}
