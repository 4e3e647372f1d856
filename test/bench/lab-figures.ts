import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import { IMAGE_LABEL, LAB_LABEL } from "../../lab/src/docker";
import { cacheDir } from "../../lab/src/paths";
import { seconds } from "./table";

/** Name of the benchmark's lab. */
export const LAB = "bench";

/**
 * Runs a command of the lab. It may leave a Docker daemon behind, so it is not measured like the tools.
 * @returns the seconds that it took.
 */
async function lab(name: "up" | "down", signal?: AbortSignal, stdio: "inherit" | "pipe" = "pipe"): Promise<number> {
  const { execa } = await import("execa");
  const began = performance.now();
  await execa(resolve("lab", name), ["--name", LAB], {
    stdout: stdio,
    stderr: stdio,
    timeout: 1_200_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return (performance.now() - began) / 1000;
}

/** Starts the lab, showing what it does. @returns the seconds that it took. */
export const startLab = (signal: AbortSignal): Promise<number> => lab("up", signal, "inherit");

/** Removes the lab. */
export async function removeLab(): Promise<void> {
  await lab("down");
}

/** Seconds that `lab/up` takes with everything in the cache, once a round. */
export async function warmStarts(rounds: number, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    process.stdout.write(`lab, round ${round + 1} of ${rounds}: warm up ... `);
    await lab("down", signal);
    const taken = await lab("up", signal);
    process.stdout.write(`${seconds(taken)} s\n`);
    times.push(taken);
  }
  return times;
}

/**
 * Seconds that `lab/up` takes with nothing in the cache and no image in Docker.
 * @throws Error when another lab runs: it would lose its images.
 */
export async function freshStart(signal: AbortSignal): Promise<number> {
  // with the lab's Docker daemon running, as only it can tell
  await startLab(signal);
  const labs = await docker("ps", "-a", "--filter", `label=${LAB_LABEL}`, "--format", `{{.Label "${LAB_LABEL}"}}`);
  const others = new Set(labs.split("\n").filter((lab) => lab !== LAB));
  if (others.size > 0)
    throw new Error(
      `--fresh removes the images of all labs, and these run: ${[...others].join(", ")}; take them down first`,
    );
  const containers = await docker("ps", "-aq", "--filter", `label=${LAB_LABEL}=${LAB}`);
  await docker("rm", "-fv", ...containers.split("\n"));
  await docker("image", "prune", "-af", "--filter", `label=${IMAGE_LABEL}`);
  await removeLab();
  for (const folder of ["base", "images"]) rmSync(join(cacheDir(), folder), { recursive: true, force: true });
  return startLab(signal);
}

const docker = (...args: string[]): Promise<string> => runCommand("docker", args, { limitSeconds: 120 });
