import {
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type Docker from "dockerode";
import writeFileAtomic from "write-file-atomic";
import { baseHash, baseTag, hasImage, SUITES, type Suite } from "./base";
import { buildImage } from "./build";
import { definitionHash } from "./definition";
import { architecture, DIRECTORY_LABEL, dockerClient, IMAGE_LABEL, LAB_LABEL, orUndefined, removing } from "./docker";
import { isTestLab } from "./name";
import { cacheDir, IMAGES_DIR, isPresent } from "./paths";
import { downloadRaft } from "./raft";
import { downloadSeekdb } from "./seekdb";

/** An image that the lab builds from lab/images/`directory`. */
export interface ImageDefinition {
  /** Name in labels, tags and file names. */
  name: string;
  directory: string;
  buildArguments: Readonly<Record<string, string>>;
  /** What it is built on: the base of a Debian release, bookworm unless said, or another image of the lab. */
  on?: Suite | ImageDefinition;
  /** Puts what the directory does not hold into the build's context. */
  download?: (context: string, say: (line: string) => void) => Promise<void>;
  /** Tag inside the tarball that the lab's hosts load; undefined for images that only the lab itself runs. */
  publishedTag?: string;
}

/** Debian 12. */
export const HOST_IMAGE: ImageDefinition = { name: "host", directory: "host", buildArguments: {} };
/** Debian 13, where docker.io brings no client, with nftables. */
export const HOST_IMAGE_13: ImageDefinition = {
  name: "host-13",
  directory: "host",
  buildArguments: { DOCKER: "docker.io docker-cli", FURTHER: "nftables" },
  on: "trixie",
};
/** Debian 12, reached as a user with sudo. */
export const HOST_IMAGE_SUDO: ImageDefinition = {
  name: "host-sudo",
  directory: "host-sudo",
  buildArguments: {},
  on: HOST_IMAGE,
};
/** Images of hosts, in the order in which they are made. */
export const HOST_IMAGES = [HOST_IMAGE, HOST_IMAGE_13, HOST_IMAGE_SUDO];
export const SEEKDB_IMAGE: ImageDefinition = {
  name: "seekdb",
  directory: "seekdb",
  buildArguments: {},
  download: downloadSeekdb,
};
export const MARIADB_IMAGE: ImageDefinition = { name: "mariadb", directory: "mariadb", buildArguments: {} };

/** Versions of the DolphinDB stand-in: two of one series, and one of an older series, which cannot read the others' metadata. */
export const DOLPHINDB_VERSIONS = ["3.00.4.3", "3.00.5.1", "2.00.16.2"] as const;
export type DolphindbVersion = (typeof DOLPHINDB_VERSIONS)[number];

/** The image in which its packages are made; it is not for hosts. */
export const DOLPHINDB_IMAGE: ImageDefinition = {
  name: "dolphindb",
  directory: "dolphindb",
  buildArguments: { DOLPHINDB_VERSIONS: DOLPHINDB_VERSIONS.join(" ") },
  download: downloadRaft,
};

type PublishedImage = ImageDefinition & { publishedTag: string };

/** A version of a stand-in, made in `directory`, under the tag of the vendor's image. */
const standIn = (directory: string, version: string, repository: string, tag = version): PublishedImage => ({
  name: `${directory}-${version}`,
  directory,
  buildArguments: { [`${directory.toUpperCase()}_VERSION`]: version },
  publishedTag: `${repository}:${tag}`,
});

/** The stand-in for OBProxy. The packages of all versions are made in each of the images. */
export const OBPROXY_IMAGES: readonly [PublishedImage, ...PublishedImage[]] = [
  standIn("obproxy", "4.2.3", "oceanbase/obproxy-ce"),
  standIn("obproxy", "4.3.0", "oceanbase/obproxy-ce"),
];

/** The stand-in for OMS. */
const omsImage = (version: string): PublishedImage =>
  standIn("oms", version, "oceanbase/oms-ce", `feature_${version}_ce`);

/** Images for the hosts of every lab, in the order in which they are made. */
const COMMON_IMAGES: readonly PublishedImage[] = [
  standIn("odc", "4.3.1", "oceanbase/odc"),
  { name: "nginx", directory: "nginx", buildArguments: {}, publishedTag: "nginx:1.22" },
  omsImage("4.2.7"),
];

/** Images that stack dev has no use for: the tests' labs have them, the demo does not wait for them. */
const TEST_IMAGES: readonly PublishedImage[] = [
  standIn("odc", "4.3.2", "oceanbase/odc"),
  ...OBPROXY_IMAGES,
  ...["4.2.10", "4.2.11"].map(omsImage),
  { name: "influxdb", directory: "influxdb", buildArguments: {}, publishedTag: "influxdb:1.6.7" },
];

/** All images for hosts. */
export const PUBLISHED_IMAGES: readonly PublishedImage[] = [...COMMON_IMAGES, ...TEST_IMAGES];

/** What a lab has of them. */
export const publishedImages = (lab: string): readonly PublishedImage[] =>
  isTestLab(lab) ? PUBLISHED_IMAGES : COMMON_IMAGES;

/** Hash and tag of what an image is built on. */
function below({ on = "bookworm" }: ImageDefinition): { hash: string; tag: string } {
  return typeof on === "string" ? { hash: baseHash(on), tag: baseTag(on) } : { hash: imageHash(on), tag: imageTag(on) };
}

/** The Debian release that an image has in the end. */
export function suiteOf({ on = "bookworm" }: ImageDefinition): Suite {
  return typeof on === "string" ? on : suiteOf(on);
}

export function imageHash(image: ImageDefinition): string {
  return definitionHash(join(IMAGES_DIR, image.directory), { ...image.buildArguments, base: below(image).hash });
}

/** The lab's own tag, which changes with the definition. */
export function imageTag(image: ImageDefinition): string {
  return `dbha-lab/${image.name}:${imageHash(image)}`;
}

/** The cached tarball of a published image. */
export function tarballPath(image: ImageDefinition): string {
  return join(cacheDir(), "images", `${image.name}-${architecture()}-${imageHash(image)}.tar.gz`);
}

/** The name under which a lab offers a published image, in its `images` directory. */
export function tarballLinkName(image: ImageDefinition): string {
  return `${image.name}-${architecture()}.tar.gz`;
}

/** Builds `image` unless Docker has it; what it is built on is there. `say` gets the build's steps. */
export async function ensureImage(image: ImageDefinition, say: (line: string) => void): Promise<string> {
  const docker = dockerClient();
  const tag = imageTag(image);
  if (await hasImage(docker, tag)) return "built already";
  const downloads = join(cacheDir(), "build", image.name);
  rmSync(downloads, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  try {
    await image.download?.(downloads, say);
    const context = [join(IMAGES_DIR, image.directory), downloads];
    await buildImage(docker, { ...image, tag, context, base: below(image).tag }, say);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
  return "built";
}

/** Beside a tarball: its size and time when it was complete. One that differs was cut short or written to since. */
function noteFile(tarball: string): string {
  return `${tarball}.saved`;
}

function fingerprint(tarball: string): string {
  const { size, mtimeMs } = statSync(tarball);
  return `${size} bytes, ${mtimeMs}\n`;
}

function isWhole(tarball: string): boolean {
  if (!existsSync(tarball) || !existsSync(noteFile(tarball))) return false;
  return readFileSync(noteFile(tarball), "utf8") === fingerprint(tarball);
}

/** Saves a published image as a compressed tarball in the cache, tagged for its users. */
export async function ensureTarball(image: PublishedImage): Promise<string> {
  const path = tarballPath(image);
  if (isWhole(path)) return "saved already";
  const docker = dockerClient();
  mkdirSync(dirname(path), { recursive: true });
  const [repo = "", tag = ""] = image.publishedTag.split(":");
  // the tag must exist while saving; someone's own image of that name gets it back afterwards
  const before = await idOfOthersImage(docker, image.publishedTag);
  await docker.getImage(imageTag(image)).tag({ repo, tag });
  const part = `${path}.part`;
  try {
    const stream = await docker.getImage(image.publishedTag).get();
    await pipeline(stream, createGzip({ level: constants.Z_BEST_SPEED }), createWriteStream(part));
    renameSync(part, path);
    await writeFileAtomic(noteFile(path), fingerprint(path));
  } finally {
    if (before === undefined) await removing(docker.getImage(image.publishedTag).remove({ noprune: true }));
    else await docker.getImage(before).tag({ repo, tag });
  }
  return "saved";
}

/** Id of the image tagged `tag`, unless the lab built it (and was killed before it took the tag away). */
async function idOfOthersImage(docker: Docker, tag: string): Promise<string | undefined> {
  const image = await orUndefined(docker.getImage(tag).inspect());
  // Docker says null for an image without labels
  const labels = image?.Config.Labels as Record<string, string> | null | undefined;
  return labels?.[IMAGE_LABEL] === undefined ? image?.Id : undefined;
}

function isLinked(directory: string, image: ImageDefinition): boolean {
  const entry = lstatSync(join(directory, tarballLinkName(image)), { throwIfNoEntry: false });
  return (
    entry?.isSymbolicLink() === true && readlinkSync(join(directory, tarballLinkName(image))) === tarballPath(image)
  );
}

/** Offers the cached tarballs in the `images` directory of a lab. */
export function linkTarballs(directory: string, lab: string): void {
  mkdirSync(directory, { recursive: true });
  for (const image of publishedImages(lab)) {
    if (isLinked(directory, image)) continue;
    const link = join(directory, tarballLinkName(image));
    rmSync(link, { recursive: true, force: true });
    symlinkSync(tarballPath(image), link);
  }
}

/** What is wrong with the tarballs that a lab offers. */
export function tarballDamage(directory: string, lab: string): string[] {
  return publishedImages(lab).flatMap((image) => {
    if (!existsSync(tarballPath(image))) return [`${image.name} is not in the cache; lab/up saves it`];
    if (!isWhole(tarballPath(image))) return [`${image.name} is damaged in the cache; lab/up saves it again`];
    return isLinked(directory, image) ? [] : [`no link to ${image.name}; lab/up makes it`];
  });
}

/** Removes images and tarballs of older definitions, as far as no lab uses them. */
export async function pruneImages(): Promise<void> {
  const docker = dockerClient();
  const all = [...HOST_IMAGES, SEEKDB_IMAGE, MARIADB_IMAGE, DOLPHINDB_IMAGE, ...PUBLISHED_IMAGES];
  const current = new Set([...SUITES.map(baseTag), ...all.map(imageTag)]);
  const containers = await docker.listContainers({ all: true });
  const used = new Set(containers.map((container) => container.ImageID));
  const labs = containers.map((container) => container.Labels).filter((labels) => labels[LAB_LABEL] !== undefined);
  const links = new Set(labs.map((labels) => join(labels[DIRECTORY_LABEL] ?? "", "images")).flatMap(linkTargets));
  const offered = new Set([...links].map((path) => basename(path)));
  for (const image of await docker.listImages({ filters: { label: [IMAGE_LABEL] } })) {
    const old = (image.RepoTags ?? []).filter(
      (tag) => tag.startsWith("dbha-lab/") && !current.has(tag) && !offered.has(tarballOf(tag)),
    );
    if (used.has(image.Id)) continue;
    for (const tag of old) await removing(docker.getImage(tag).remove());
  }
  const wanted = new Set(
    [...PUBLISHED_IMAGES.map(tarballPath), ...links].flatMap((path) => [basename(path), basename(noteFile(path))]),
  );
  const directory = join(cacheDir(), "images");
  for (const file of isPresent(directory) ? readdirSync(directory) : []) {
    if (!wanted.has(file)) rmSync(join(directory, file), { force: true });
  }
}

/** Name of the tarball of the image that has this tag. */
const tarballOf = (tag: string): string =>
  tag.replace(/^dbha-lab\/(.*):(.*)$/, (_, name, hash) => `${name}-${architecture()}-${hash}.tar.gz`);

function linkTargets(directory: string): string[] {
  if (!isPresent(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => readlinkSync(join(directory, entry.name)));
}
