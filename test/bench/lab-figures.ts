import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import { IMAGE_LABEL, LAB_LABEL } from "../../lab/src/docker";
import { cacheDir } from "../../lab/src/paths";
import { measure } from "./measure";
import { seconds } from "./table";

/** Name of the benchmark's lab. */
export const LAB = "bench";

const command = (name: "up" | "down") => ({ program: resolve("lab", name), args: ["--name", LAB] });

/** Starts the lab, showing what it does. */
export async function startLab(signal: AbortSignal): Promise<void> {
  const { execa } = await import("execa");
  const { program, args } = command("up");
  await execa(program, args, { stdout: "inherit", stderr: "inherit", timeout: 1_200_000, cancelSignal: signal });
}

/** Removes the lab. */
export async function removeLab(): Promise<void> {
  await measure(command("down"), new AbortController().signal);
}

/** Seconds that `lab/up` takes with everything in the cache, once a round. */
export async function warmStarts(rounds: number, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    process.stdout.write(`lab, round ${round + 1} of ${rounds}: warm up ... `);
    await measure(command("down"), signal);
    const { seconds: taken } = await measure(command("up"), signal);
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
  const began = performance.now();
  await startLab(signal);
  return (performance.now() - began) / 1000;
}

const docker = (...args: string[]): Promise<string> => runCommand("docker", args, { limitSeconds: 120 });
