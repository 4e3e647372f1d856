import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { runCommand } from "./command";
import { dockerClient, removing } from "./docker";
import { ensureImage, imageHash, imageTag, OBPROXY_IMAGES } from "./images";
import { cacheDir, isPresent } from "./paths";

/** One of the images in which the packages are made. */
const [IMAGE] = OBPROXY_IMAGES;

/** Packages that the lab offers, as in the image's Dockerfile. */
export const PACKAGES = ["obproxy-4.2.3", "obproxy-4.3.0"] as const;
export type PackageName = (typeof PACKAGES)[number];

export const packageFile = (name: PackageName): string => `${name}.tar.gz`;

/** The packages of the current definition in the cache. The directory is there as a whole or not at all. */
const packagesPath = (): string => join(cacheDir(), "packages", imageHash(IMAGE));

/** Makes the packages unless the cache has them. */
export async function ensurePackagesOfObproxy(say: (line: string) => void): Promise<string> {
  if (damaged(packagesPath()).length === 0) return "made already";
  await ensureImage(IMAGE, say);
  const docker = dockerClient();
  // never started; a killed run may have left one
  const name = "dbha-lab-obproxy-packages";
  await removing(docker.getContainer(name).remove({ force: true, v: true }));
  const container = await docker.createContainer({ name, Image: imageTag(IMAGE), Cmd: ["none"] });
  const part = `${packagesPath()}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  try {
    const archive = await buffer(await container.getArchive({ path: "/packages/." }));
    await runCommand("tar", ["-C", part, "--no-same-owner", "-xf", "-"], { input: archive });
  } finally {
    await removing(container.remove({ force: true, v: true }));
  }
  rmSync(packagesPath(), { recursive: true, force: true });
  renameSync(part, packagesPath());
  return "made";
}

/** Offers the packages to a lab, by a link into the cache. */
export function linkPackages(link: string): void {
  if (!isLinked(link)) {
    rmSync(link, { recursive: true, force: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(packagesPath(), link);
  }
}

/** What is wrong with the packages that a lab offers. */
export function packageDamage(link: string): string[] {
  const missing = damaged(packagesPath()).map((name) => `${name} is not in the cache; lab/up makes it`);
  return missing.length > 0 || isLinked(link) ? missing : ["no link to the packages; lab/up makes it"];
}

const damaged = (directory: string): PackageName[] =>
  PACKAGES.filter((name) => !isPresent(directory) || !readdirSync(directory).includes(packageFile(name)));

function isLinked(link: string): boolean {
  try {
    return readlinkSync(link) === packagesPath();
  } catch {
    return false;
  }
}
