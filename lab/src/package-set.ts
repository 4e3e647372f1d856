import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { runCommand } from "./command";
import { dockerClient, removing } from "./docker";
import { ensureImage, imageHash, imageTag, type ImageDefinition } from "./images";
import { cacheDir, isPresent } from "./paths";

/** Packages of a stand-in, which are made in an image and lie there in /packages. A lab offers them by a link into the cache. */
export class PackageSet {
  /** @param files names of the packages. */
  constructor(
    private readonly image: ImageDefinition,
    private readonly files: readonly string[],
  ) {}

  /** The packages of the current definition in the cache. The directory is there as a whole or not at all. */
  private path(): string {
    return join(cacheDir(), "packages", imageHash(this.image));
  }

  /** Makes the packages unless the cache has them. */
  async ensure(say: (line: string) => void): Promise<string> {
    if (this.missing().length === 0) return "made already";
    await ensureImage(this.image, say);
    const docker = dockerClient();
    // never started; a killed run may have left one
    const name = `dbha-lab-${this.image.name}-packages`;
    await removing(docker.getContainer(name).remove({ force: true, v: true }));
    const container = await docker.createContainer({ name, Image: imageTag(this.image), Cmd: ["none"] });
    const part = `${this.path()}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    try {
      const archive = await buffer(await container.getArchive({ path: "/packages/." }));
      await runCommand("tar", ["-C", part, "--no-same-owner", "-xf", "-"], { input: archive });
    } finally {
      await removing(container.remove({ force: true, v: true }));
    }
    rmSync(this.path(), { recursive: true, force: true });
    renameSync(part, this.path());
    return "made";
  }

  /** Offers the packages to a lab. */
  link(link: string): void {
    if (this.isLinked(link)) return;
    rmSync(link, { recursive: true, force: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(this.path(), link);
  }

  /** What is wrong with the packages that a lab offers. */
  damage(link: string): string[] {
    const missing = this.missing().map((file) => `${file} is not in the cache; lab/up makes it`);
    return missing.length > 0 || this.isLinked(link) ? missing : ["no link to the packages; lab/up makes it"];
  }

  private missing(): string[] {
    const directory = this.path();
    return this.files.filter((file) => !isPresent(directory) || !readdirSync(directory).includes(file));
  }

  private isLinked(link: string): boolean {
    try {
      return readlinkSync(link) === this.path();
    } catch {
      return false;
    }
  }
}
