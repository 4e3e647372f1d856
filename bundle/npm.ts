import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Lock, packagesOf, type PackageJson, siteManifest, tarballOf, withFiles } from "./lock";

const run = promisify(execFile);

/** A package that the bundle brings, and the path of its tarball. */
export interface PackedPackage {
  name: string;
  version: string;
  file: string;
}

/**
 * Makes a folder from which `npm ci --offline` installs this package and all that it needs to run: tarballs as the registry has
 * them, in the versions of this checkout's lock, and a lock that leads to them. npm itself finds out what is needed, and asks
 * whatever registry it is set up for.
 * @throws Error where a tarball is not what this checkout's lock tells
 */
export async function packNpm(checkout: string, folder: string): Promise<PackedPackage[]> {
  mkdirSync(folder, { recursive: true });
  const own = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as PackageJson;
  const npm = (...args: string[]) => run("npm", args, { cwd: folder, maxBuffer: 2 ** 28 });
  await npm("pack", checkout, "--silent");

  const manifest = siteManifest(own);
  const lock = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8")) as Lock;
  write(folder, "package.json", manifest);
  write(folder, "package-lock.json", { ...lock, name: manifest.name, packages: { ...lock.packages, "": manifest } });
  await npm("install", "--package-lock-only", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");

  const needed = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as Lock;
  const packages = packagesOf(needed);
  const foreign = packages.filter(({ name }) => name !== own.name).map(({ name, version }) => `${name}@${version}`);
  await npm("pack", "--prefer-offline", "--silent", ...foreign);
  write(folder, "package-lock.json", withFiles(needed));
  return packages.map(({ name, version, integrity }) => {
    const file = join(folder, tarballOf(name, version));
    if (integrityOf(file) !== integrity)
      throw new Error(
        `${name} ${version}: is not what package-lock.json tells by its integrity; fix: npm cache clean --force`,
      );
    return { name, version, file };
  });
}

const integrityOf = (file: string): string =>
  `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;

function write(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, undefined, 2)}\n`);
}
