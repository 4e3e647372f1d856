export const ARCHITECTURES = ["amd64", "arm64"] as const;
/** Of a machine, in the words of Docker and Debian. */
export type Architecture = (typeof ARCHITECTURES)[number];

export const isArchitecture = (name: string): name is Architecture =>
  (ARCHITECTURES as readonly string[]).includes(name);

/** The Pulumi CLI that the bundle brings: the one that the tests run, and the workflows install. */
export const CLI_VERSION = "3.260.0";

/** Providers beside the dbha plugin, which comes with the npm package. */
export const PROVIDERS = ["command", "docker", "random", "tls"] as const;

/** An archive of Pulumi's maker. */
export interface Part {
  /** "pulumi" for the CLI, else the provider's name. */
  name: string;
  version: string;
  architecture: Architecture;
  /** The archive, as its maker calls it. */
  file: string;
  /** Its address below that of all releases. */
  path: string;
  /** The program that must be in it. */
  program: string;
}

/**
 * The archives that one architecture needs.
 * @param npm versions of the npm packages `@pulumi/NAME` by name; a provider has the version of its package
 */
export function partsOf(architecture: Architecture, npm: Record<string, string>): Part[] {
  const cli = `pulumi-v${CLI_VERSION}-linux-${architecture === "amd64" ? "x64" : architecture}.tar.gz`;
  return [
    { name: "pulumi", version: CLI_VERSION, architecture, file: cli, path: `sdk/${cli}`, program: "pulumi" },
    ...PROVIDERS.map((name) => {
      const version = npm[name] ?? "";
      const file = `pulumi-resource-${name}-v${version}-linux-${architecture}.tar.gz`;
      return { name, version, architecture, file, path: `plugins/${file}`, program: `pulumi-resource-${name}` };
    }),
  ];
}
