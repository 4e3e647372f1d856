import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { proveArchive, readArchive } from "./archive";
import { type Contents, installLines, leastOf, manifestText, sumsText } from "./contents";
import { licenceFiles, licencesOf } from "./licences";
import type { PackageJson } from "./lock";
import { packNpm, type PackedPackage } from "./npm";
import { obtain } from "./obtain";
import { type Part, partsOf, PROVIDERS } from "./parts";
import { type BundleSettings, settingsOf } from "./settings";
import { siteProject } from "./site-project";
import { filesBelow, writeTar } from "./write-tar";

const checkout = join(__dirname, "..");
const own = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as PackageJson;

/** Makes the bundle. Returns its path. */
async function makeBundle(settings: BundleSettings): Promise<string> {
  const out = resolve(settings.out);
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(out, ".dbha-bundle-"));
  const add = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  try {
    const parts = settings.architectures.flatMap((name) => partsOf(name, providerVersions()));
    const archives = await addArchives(parts, settings, join(folder, "archives"));
    copyAll(settings.images, join(folder, "images"));
    copyAll(settings.node, join(folder, "node"));
    say("npm packages");
    const packages = await packNpm(checkout, join(folder, "npm"));
    for (const [path, text] of siteProject(readFileSync(join(checkout, "Pulumi.yaml"), "utf8")))
      add(`project/${path}`, text);
    const [first] = settings.architectures;
    const programs = parts.filter(({ architecture }) => architecture === first);
    for (const [path, text] of licenceFiles(await licencesOf(packages), programs)) add(`LICENSES/${path}`, text);

    const contents = await contentsOf(settings, packages, archives, programs);
    add("manifest.json", manifestText(contents));
    add("install.env", installLines(contents));
    copyFileSync(join(__dirname, "install"), join(folder, "install"));
    chmodSync(join(folder, "install"), 0o755);
    add("SHA256SUMS", sumsText(await sumsBelow(folder)));

    const name = `dbha-bundle-${own.version}`;
    const target = join(out, `${name}.tar`);
    await writeTar(folder, name, settings.date, target);
    writeFileSync(`${target}.sha256`, `${await sumOf(target)}  ${basename(target)}\n`);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Versions of the npm packages `@pulumi/NAME` that this checkout pins. */
const providerVersions = (): Record<string, string> =>
  Object.fromEntries(PROVIDERS.map((name) => [name, own.devDependencies[`@pulumi/${name}`] ?? ""]));

/** Returns the unpacked size of each architecture's archives. */
async function addArchives(
  parts: Part[],
  { downloads, releases }: BundleSettings,
  folder: string,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const part of parts) {
    say(part.file);
    const file = await obtain(part, resolve(downloads), releases);
    const bytes = await proveArchive(file, part.program, part.architecture);
    sizes.set(part.architecture, (sizes.get(part.architecture) ?? 0) + bytes);
    copyAll([file], folder);
  }
  return sizes;
}

/** Node's archives are looked into by nobody: they have up to seven times their size in them. */
const NODE_GROWS = 7;

/** Room: what archives, packages and Node have in them, packages once more for npm's cache, and images as they are. */
async function contentsOf(
  { architectures, images, node, date }: BundleSettings,
  packages: PackedPackage[],
  archives: Map<string, number>,
  programs: Part[],
): Promise<Contents> {
  const bytesOf = (files: string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);
  const alike = bytesOf(images) + NODE_GROWS * bytesOf(node);
  let unpacked = 0;
  for (const { file } of packages) await readArchive(file, ({ size }) => void (unpacked += size));
  return {
    version: own.version,
    date,
    node: leastOf(own.engines.node),
    versions: Object.fromEntries(programs.map(({ name, version }) => [name, version])),
    room: Object.fromEntries(architectures.map((name) => [name, (archives.get(name) ?? 0) + 2 * unpacked + alike])),
    images: images.map((file) => basename(file)),
    nodeArchives: node.map((file) => basename(file)),
    packages: packages.length,
  };
}

function copyAll(files: string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, join(folder, basename(file)));
}

async function sumsBelow(folder: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const path of filesBelow(folder)) sums.set(path, await sumOf(join(folder, path)));
  return sums;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

const say = (line: string): void => void process.stderr.write(`bundle: ${line}\n`);

makeBundle(settingsOf(process.env)).then(
  (target) => console.log(target),
  (error: unknown) => {
    console.error(`bundle: ${(error as Error).message}`);
    process.exitCode = 1;
  },
);
