import { ArchiveContents, inspectArchive, streamArchive } from "../archives/archive-file";
import { readArchive, switchArchive, unpackArchive } from "../scripts/archive";
import { makeDirectory, removeDirectories } from "../scripts/directory";
import { Remote, StepFailed } from "../ssh/remote";
import type { Host } from "./fields";
import type { Context } from "./kind";
import { makerOf } from "./ownership";

/** How long an upload may take, in milliseconds. */
const transferLimit = 3_600_000;

export type ArchiveInputs = {
  host: Host;
  source: string;
  path: string;
  version?: string;
  stripComponents: number;
  owner: string;
  group: string;
  link: string;
  keep: number;
};
export type ArchiveOutputs = {
  sha256: string;
  manifest: string;
  directory: string;
  currentPath: string;
  ownedVersions: string[];
  createdPaths: string[];
};

/** What a resource had made before; nothing at its creation. */
export type Owned = { ownedVersions: string[]; createdPaths: string[]; link?: string };

/** Name of the directory that an archive of this hash is unpacked to. */
export function versionOf(inputs: Pick<ArchiveInputs, "version">, sha256: string): string {
  return inputs.version ?? sha256.slice(0, 12);
}

/** What can be told of the outputs from the archive file alone. */
export async function foretell(inputs: ArchiveInputs) {
  const contents = await inspectArchive(inputs.source, inputs.stripComponents);
  const { sha256, manifest } = contents;
  const version = versionOf(inputs, sha256);
  const outputs = {
    sha256,
    manifest,
    directory: `${inputs.path}/${version}`,
    currentPath: `${inputs.path}/${inputs.link}`,
  };
  return { contents, version, outputs };
}

/** What a look at an archive's places finds. */
export interface Look {
  /** What is at the base directory, the link, and the version's directory. */
  base: Thing;
  link: Thing;
  version: Thing;
  /** Where the link leads to. */
  target?: string;
  /** Of the version's directory, where it is one. */
  manifest?: string;
  /** SHA-256 of the file that dbha unpacked there. */
  made?: string;
  /** An owner and a group in it that are not the wanted ones. */
  owner?: string;
  group?: string;
  /** Which of the listed versions are there. */
  present: string[];
}

const things = ["missing", "directory", "link", "other"] as const;
type Thing = (typeof things)[number];

/** Looks at a version, the link, and which of the given versions are there. */
export async function look(
  inputs: ArchiveInputs,
  version: string,
  owned: readonly string[],
  context: Context,
): Promise<Look> {
  const { host, path, link, owner, group } = inputs;
  const answer = await context.remote(host).run({
    name: `look at ${path}`,
    script: readArchive,
    values: { path, version, link, owner, group },
    list: owned,
  });
  const found = answer.must("version", things);
  return {
    base: answer.must("base", things),
    link: answer.must("link", things),
    version: found,
    target: answer.get("target"),
    manifest: found === "directory" ? answer.must("manifest", /^[0-9a-f]{64}$/) : undefined,
    made: answer.get("made"),
    owner: answer.get("owner"),
    group: answer.get("group"),
    present: answer.all("present"),
  };
}

/** Unpacks the archive where its version is not there as it should be, and switches the link. */
export async function bring(inputs: ArchiveInputs, owned: Owned, context: Context): Promise<ArchiveOutputs> {
  const { host, path } = inputs;
  const { contents, version, outputs } = await foretell(inputs);
  // What one unpacks there another must not take for what an interrupted run left.
  return context.exclusively(`archive:${host.name}:${path}`, async () => {
    const remote = context.remote(host);
    const found = await look(inputs, version, owned.ownedVersions, context);
    refuseObstacles(inputs, version, found, contents, remote);
    // Other contents may have the same names, sizes and times; the mark knows the file. What others unpacked has none.
    const made = found.made ?? contents.sha256;
    const isThere = found.manifest === contents.manifest && made === contents.sha256;
    const created = await place(inputs, isThere ? undefined : { version, contents }, found, owned, context);
    const isOwned = !isThere || found.made !== undefined;
    const former = found.present.filter((name) => name !== version);
    const kept = former.slice(Math.max(0, former.length - inputs.keep));
    const { link, owner, group } = inputs;
    await remote.run({
      name: `switch ${path}/${link} to ${version}`,
      script: switchArchive,
      values: { path, version, link, old_link: owned.link === link ? "" : (owned.link ?? ""), owner, group },
      list: former.filter((name) => !kept.includes(name)),
    });
    return {
      ...outputs,
      ownedVersions: [...kept, ...(isOwned ? [version] : [])],
      createdPaths: [...new Set([...owned.createdPaths, ...created])],
    };
  });
}

/** Refuses what no version or link may take the place of. */
function refuseObstacles(
  { path, link }: ArchiveInputs,
  version: string,
  found: Look,
  contents: ArchiveContents,
  remote: Remote,
): void {
  const refuse = (what: string, where: string, fix: string) => {
    throw remote.problem(`unpack to ${path}/${version}`, `${what} is in the way at ${where}`, fix);
  };
  if (found.base === "other" || found.base === "link") {
    refuse("something that is not a directory", path, "remove it, or give another path");
  }
  if (found.link === "directory" || found.link === "other") {
    const what = found.link === "directory" ? "a directory" : "a file";
    refuse(what, `${path}/${link}`, "move it away, or give another link");
  }
  if (found.version === "link" || found.version === "other") {
    refuse("something that is not a directory", `${path}/${version}`, "move it away, or give another version");
  }
  const isOurs = found.made !== undefined || found.manifest === contents.manifest;
  if (found.version === "directory" && !isOurs) {
    refuse(
      "a directory with other content, not made by dbha,",
      `${path}/${version}`,
      "move it away, or give another version",
    );
  }
}

/**
 * Makes the base directory, and unpacks the archive in it where that is needed; when it fails, what was made for it goes.
 * @returns the directories above the version that this resource made, now or in a run that was killed, parents first
 */
async function place(
  inputs: ArchiveInputs,
  missing: { version: string; contents: ArchiveContents } | undefined,
  found: Look,
  owned: Owned,
  context: Context,
): Promise<string[]> {
  const { host, path, owner, group } = inputs;
  const remote = context.remote(host);
  let created: string[] = [];
  try {
    const answer = await remote.run({
      name: `make directory ${path}`,
      script: makeDirectory,
      // One that is there keeps its mode and owner.
      values: {
        path,
        mode: found.base === "missing" ? "0755" : "",
        owner,
        group,
        maker: makerOf(context.urn, path),
      },
    });
    created = answer.all("created");
    if (missing !== undefined) {
      await unpack(inputs, missing.version, missing.contents, context);
    }
    return created;
  } catch (error) {
    const made = error instanceof StepFailed ? [...created, ...error.answer.all("created")] : created;
    const list = made.filter((directory) => !owned.createdPaths.includes(directory)).reverse();
    const step = { name: `remove ${path}`, script: removeDirectories, values: { path, purge: "", keep: false }, list };
    // A host that can no longer be reached keeps them; the error that says so is the one to tell.
    await remote.run(step).catch(() => undefined);
    throw error;
  }
}

async function unpack(
  inputs: ArchiveInputs,
  version: string,
  contents: ArchiveContents,
  context: Context,
): Promise<void> {
  const { host, source, path, stripComponents, owner, group } = inputs;
  const size = `${Math.max(1, Math.round(contents.size / 1_000_000))} MB`;
  const progress = (percent: number) => {
    context.status(
      percent === 100
        ? `${source} sent, ${host.name} is checking it`
        : `${percent}% of ${size} unpacked on ${host.name}`,
    );
  };
  await context.remote(host).run({
    name: `unpack ${source} to ${path}/${version}`,
    script: unpackArchive,
    values: { path, version, manifest: contents.manifest, sha256: contents.sha256, owner, group },
    body: () => streamArchive(source, stripComponents, contents.size, progress),
    limit: transferLimit,
  });
}
