import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { readArchive } from "./archive";
import type { PackedPackage } from "./npm";

/** Under what a package may be used, and the texts that come with it. */
export interface Licence {
  name: string;
  version: string;
  /** In words of SPDX, as the package's author has it; "not told" where there is nothing. */
  licence: string;
  /** Path below the package's folder, and content. */
  texts: { path: string; content: Buffer }[];
}

const TEXT = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * What the tarballs of packages tell about their licences, those of code that they have taken over included. There are libraries
 * for it, which want the packages installed: what a bundle has is neither installed here nor for this machine.
 */
export async function licencesOf(packages: PackedPackage[]): Promise<Licence[]> {
  const licences: Licence[] = [];
  for (const { name, version, file } of packages) {
    const found: Licence = { name, version, licence: "not told", texts: [] };
    await readArchive(file, async ({ name: path, content }) => {
      // the name of the first folder differs
      const inner = path.split("/").slice(1).join("/");
      if (inner === "package.json") found.licence = licenceIn(JSON.parse((await buffer(content)).toString("utf8")));
      else if (TEXT.test(basename(inner))) found.texts.push({ path: inner, content: await buffer(content) });
    });
    licences.push(found);
  }
  return licences;
}

/** The licence that a package.json tells, in the form of today or a former one. */
export function licenceIn(manifest: unknown): string {
  const { license, licenses } = manifest as { license?: unknown; licenses?: unknown };
  const named = [license, licenses].flat().flatMap((one) => {
    if (typeof one === "string") return [one];
    const { type } = (one ?? {}) as { type?: unknown };
    return typeof type === "string" ? [type] : [];
  });
  return named.length === 0 ? "not told" : named.join(" OR ");
}

/** The files of the folder LICENSES: a table, and each text. */
export function licenceFiles(licences: Licence[], pulumi: { name: string; version: string }[]): Map<string, Buffer> {
  const folder = ({ name, version }: Licence): string => `${name}@${version}`;
  const rows = licences.map((one) => `| ${one.name} | ${one.version} | ${one.licence} | ${one.texts.length} |`);
  const programs = pulumi.map(
    ({ name, version }) => `- ${name} ${version}: Apache-2.0, the text of npm package @pulumi/${name}`,
  );
  const table = [
    "# Licences of what is in this bundle",
    "",
    "Programs of Pulumi's maker:",
    "",
    ...programs,
    "",
    "Node and image tarballs have their own in them, and are not looked into. The npm packages:",
    "",
    "| package | version | licence | texts |",
    "| --- | --- | --- | ---: |",
    ...rows,
    "",
  ].join("\n");
  const texts = licences.flatMap((one) =>
    one.texts.map(({ path, content }): [string, Buffer] => [join(folder(one), path), content]),
  );
  return new Map([["README.md", Buffer.from(table)], ...texts]);
}
