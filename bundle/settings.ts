import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ARCHITECTURES, type Architecture, isArchitecture } from "./parts";

/** Where Pulumi's maker offers the CLI (`sdk/`) and providers (`plugins/`). */
const RELEASES = "https://get.pulumi.com/releases";

/** What `make bundle` is told. */
export interface BundleSettings {
  /** Of the machines that run Pulumi at the isolated site, by ARCH. Default: amd64. */
  architectures: Architecture[];
  /** Image tarballs to take along, by IMAGES. Default: none. */
  images: string[];
  /** Archives of Node, one for each architecture, by NODE_ARCHIVES. Default: none; the site has Node. */
  node: string[];
  /** Folder with archives of the CLI and providers; what is missing there is downloaded to it. By DOWNLOADS. Default: in the cache. */
  downloads: string;
  /** Address below which they are downloaded, by RELEASES. Default: Pulumi's own. */
  releases: string;
  /** Folder for the bundle, by OUT. Default: the current one. */
  out: string;
  /** Time of all files in the bundle, in seconds since 1970, by SOURCE_DATE_EPOCH. Default: now. */
  date: number;
}

/**
 * The settings that make's variables tell.
 * @throws Error with every problem, each with the variable, what was found, the rule and the fix
 */
export function settingsOf(env: Record<string, string | undefined>): BundleSettings {
  const words = (name: string): string[] => (env[name] ?? "").split(/\s+/).filter((word) => word !== "");
  const asked = words("ARCH").length === 0 ? ["amd64"] : words("ARCH");
  const date = env.SOURCE_DATE_EPOCH ?? String(Math.floor(Date.now() / 1000));
  const releases = env.RELEASES ?? RELEASES;
  const files = [...words("IMAGES"), ...words("NODE_ARCHIVES")];
  const problems = [
    ...asked
      .filter((name) => !isArchitecture(name))
      .map((name) => `ARCH = ${name}: must be one of ${ARCHITECTURES.join(", ")}; fix: make bundle ARCH="amd64 arm64"`),
    ...files.filter((file) => !existsSync(file)).map((file) => `${file}: there is no such file; fix: mend the path`),
    ...words("NODE_ARCHIVES")
      .filter((file) => !/-linux-(x64|arm64)\.tar\.(gz|xz)$/.test(file))
      .map(
        (file) =>
          `${file}: must be an archive of Node like node-v24.11.0-linux-x64.tar.gz; fix: keep the name that it has`,
      ),
    ...twice(files).map((name) => `${name}: two files have this name, and lie in one folder; fix: rename one`),
    ...(/^https?:\/\/[^/]/.test(releases)
      ? []
      : [`RELEASES = ${releases}: must begin with http:// or https://; fix: give the address`]),
    ...(/^\d+$/.test(date)
      ? []
      : [`SOURCE_DATE_EPOCH = ${date}: must be seconds since 1970; fix: give a whole number`]),
  ];
  if (problems.length > 0) throw new Error(`no bundle was made:\n${problems.map((one) => `  - ${one}`).join("\n")}`);
  return {
    architectures: [...new Set(asked.filter(isArchitecture))],
    images: words("IMAGES"),
    node: words("NODE_ARCHIVES"),
    downloads: env.DOWNLOADS ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "dbha", "downloads"),
    releases: releases.replace(/\/+$/, ""),
    out: env.OUT ?? ".",
    date: Number(date),
  };
}

/** Names that more than one of the files has. */
function twice(files: string[]): string[] {
  const names = files.map((file) => file.split("/").at(-1) ?? "");
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
