import { join } from "node:path";
import { runCommand } from "../../lab/src/command";
import { architecture } from "../../lab/src/docker";
import { imageTag, PUBLISHED_IMAGES } from "../../lab/src/images";
import type { JobImage } from "./job";

const TAG = "dbha-bench/odc:4.3.1";

/**
 * Makes the lab's ODC image once more, without the seconds that its server waits before it starts: every tool would wait
 * for them alike, and that would hide how they differ.
 * @param folder where the tarball is put.
 */
export async function promptOdc(folder: string): Promise<JobImage> {
  const image = PUBLISHED_IMAGES.find(({ name }) => name === "odc-4.3.1");
  if (image === undefined) throw new Error("the lab has no image odc-4.3.1");
  const tarball = join(folder, `odc-prompt-${architecture()}.tar`);
  const dockerfile = `FROM ${imageTag(image)}\nENV STANDIN_START_DELAY=0\n`;
  await runCommand("docker", ["build", "-q", "-t", TAG, "-"], { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } });
  try {
    await runCommand("docker", ["save", "-o", tarball, TAG]);
    await runCommand("gzip", ["-1", "-f", tarball]);
  } finally {
    await runCommand("docker", ["rmi", TAG]);
  }
  return { image: TAG, tarball: `${tarball}.gz` };
}
