/** What of a package.json counts here. */
export interface PackageJson {
  name: string;
  version: string;
  engines: { node: string };
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** A package in a lock. */
export interface LockedPackage {
  /** Where it is another one than the folder tells. */
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
}

/** A package-lock.json: packages by their folder, "" for the project itself. */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

/** The package.json of what is installed at the site: this package by its file, and Pulumi's packages in the tested versions. */
export function siteManifest({ name, version, peerDependencies, devDependencies }: PackageJson) {
  const pinned = Object.keys(peerDependencies).map((peer) => [peer, devDependencies[peer] ?? ""]);
  return {
    name: "dbha-site",
    version,
    private: true,
    dependencies: { [name]: `file:${tarballOf(name, version)}`, ...Object.fromEntries(pinned) } as Record<
      string,
      string
    >,
  };
}

/** The packages of a lock, each once, in the order of their names. */
export function packagesOf({ packages }: Lock): { name: string; version: string; integrity: string }[] {
  const all = Object.entries(packages)
    .filter(([folder]) => folder !== "")
    .map(([folder, locked]) => ({
      name: nameOf(folder, locked),
      version: locked.version ?? "",
      integrity: locked.integrity ?? "",
    }));
  const byId = new Map(all.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId.values()].sort((one, other) => (one.name + one.version < other.name + other.version ? -1 : 1));
}

/** The same lock with files beside it in the place of a registry. */
export function withFiles(lock: Lock): Lock {
  const packages = Object.entries(lock.packages).map(([folder, locked]): [string, LockedPackage] =>
    folder === ""
      ? [folder, locked]
      : [folder, { ...locked, resolved: `file:${tarballOf(nameOf(folder, locked), locked.version ?? "")}` }],
  );
  return { ...lock, packages: Object.fromEntries(packages) };
}

/** What `npm pack` calls the tarball of a package. */
export const tarballOf = (name: string, version: string): string =>
  `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;

const nameOf = (folder: string, { name }: LockedPackage): string => name ?? folder.split("node_modules/").at(-1) ?? "";
