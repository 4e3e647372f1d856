import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

interface Manifest {
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
const { peerDependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const SDK = "@pulumi/pulumi";

/** The oldest release of Node that package.json allows, and one of each line since. */
export const NODES = ["20.19.0", "22.23.5", "24.22.3", "26.12.1"] as const;
export type NodeVersion = (typeof NODES)[number];

/** Of the SDK: the oldest that package.json allows, the one that this project is developed with, and the newest. */
export const SDKS = {
  oldest: />=([\d.]+)/.exec(peerDependencies[SDK] ?? "")?.[1] ?? "",
  own: devDependencies[SDK] ?? "",
  newest: "3.276.0",
};
export type Sdk = keyof typeof SDKS;

const cache = resolve("node_modules/.cache/dbha");

/** Packages of npm that hold nothing but the program. */
const packageOf = (version: NodeVersion): string => `node-linux-${process.arch}@${version}`;

/** Folder of the program `node` of a version, from npm unless it was fetched before. */
export async function nodeFolder(version: NodeVersion): Promise<string> {
  const folder = join(cache, `node-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const part = mkdtempSync(join(cache, "node-"));
    await npm(part, "install", "--prefix", part, packageOf(version));
    renameSync(part, folder);
  }
  return join(folder, "node_modules", `node-linux-${process.arch}`, "bin");
}

/**
 * A copy of this checkout with another SDK. The files of packages are this checkout's own, linked: npm puts new ones in the place
 * of those that it changes.
 */
export async function checkoutWith(sdk: Sdk): Promise<{ folder: string; remove(): void }> {
  const { execa } = await import("execa");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `checkout-${sdk}-`));
  const files = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const present = files.stdout.split("\0").filter((file) => file !== "" && existsSync(file));
  await execa("cp", ["--parents", "--archive", "--target-directory", folder, ...present]);
  mkdirSync(join(folder, "node_modules"));
  const packages = await execa("find", ["node_modules", "-mindepth", "1", "-maxdepth", "1", "!", "-name", ".cache"]);
  const linked = ["--archive", "--link", "--target-directory", join(folder, "node_modules")];
  await execa("cp", [...linked, ...packages.stdout.split("\n")]);
  await npm(folder, "install", "--no-save", `${SDK}@${SDKS[sdk]}`);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Without the scripts of any package, which newer versions of npm do not run by themselves. */
async function npm(cwd: string, ...args: string[]): Promise<void> {
  const { execa } = await import("execa");
  const quietly = ["--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"];
  await execa("npm", [...args, ...quietly], { cwd, timeout: 300_000 });
}
