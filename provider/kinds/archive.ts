import { z } from "zod";
import type { Failure } from "../check";
import { anyTouches, Change } from "../diff";
import { removeArchive } from "../scripts/archive";
import { removeDirectories } from "../scripts/directory";
import { hasUnknown } from "../wire";
import { archiveImport } from "./archive-import";
import { ArchiveInputs, ArchiveOutputs, bring, foretell, look, versionOf } from "./archive-transfer";
import { absolutePath, account, host, text } from "./fields";
import type { Kind } from "./kind";

function entryName(what: string) {
  const rule = `${what} is the name of an entry of the base directory: letters, digits, ., _, + and -, the first a letter or digit`;
  return z.string(rule).regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, rule);
}

function count(what: string) {
  const rule = `${what} is a whole number from 0 on`;
  return z.int(rule).min(0, rule);
}

/** A tar or zip file, unpacked into a directory of its own for every version, with a link to the current one. */
export const archiveKind: Kind<ArchiveInputs, ArchiveOutputs> = {
  token: "dbha:index:Archive",
  description: "An archive unpacked on a host: a directory for every version, and a link to the current one.",
  inputs: {
    host: host(),
    source: text("source").describe("A .tar, .tar.gz or .zip file on the machine that runs Pulumi."),
    path: absolutePath().describe("Absolute path of the base directory, which holds the versions and the link."),
    version: entryName("a version")
      .optional()
      .describe("Name of the version's directory; without it the first 12 digits of the file's SHA-256."),
    stripComponents: count("stripComponents")
      .default(0)
      .describe("How many leading parts of the names in the archive are left out."),
    owner: account().default("root").describe("User that owns everything that is unpacked."),
    group: account().default("root").describe("Group of everything that is unpacked."),
    link: entryName("a link").default("current").describe("Name of the link to the current version."),
    keep: count("keep").default(1).describe("How many former versions stay for a rollback."),
  },
  outputs: {
    sha256: z.string().describe("SHA-256 of the archive file in hex."),
    directory: z.string().describe("Absolute path of the current version."),
    currentPath: z.string().describe("Absolute path of the link."),
    ownedVersions: z.array(z.string()).describe("Versions that this resource unpacked, the current one last."),
    manifest: z.string().describe("Hash over names, types, modes, sizes, times and link targets of the version."),
    createdPaths: z.array(z.string()).describe("The base directory and its parents as far as they were made for this."),
  },
  quiet: [],
  replaceOn: ["host.name", "path"],
  deleteBeforeReplace: true,
  follows: { manifest: ["sha256", "stripComponents"], directory: ["sha256", "version"] },

  rules: ({ version, link }): Failure[] => {
    const reason = `link: ${JSON.stringify(link)}: it is the name of the version too; give one of them another name`;
    return typeof version === "string" && version === link ? [{ property: "link", reason }] : [];
  },

  async drift(state, news) {
    if (hasUnknown(news)) {
      return [];
    }
    const { outputs } = await foretell(news);
    const differs = (["sha256", "manifest", "directory"] as const).filter((name) => state[name] !== outputs[name]);
    return differs.map((path): Change => ({ path, kind: "update", input: false }));
  },

  import: archiveImport,

  id: ({ host, path }) => `${host.name}:${path}`,
  remains: ({ path }) => `directory ${path} with what was unpacked there`,

  async foresee(news, state, changed) {
    if (hasUnknown(news)) {
      return {};
    }
    const { outputs } = await foretell(news);
    const same = changed.every((change) => anyTouches([change], "host"));
    return { ...outputs, ...(state !== undefined && same ? madeBy(state) : {}) };
  },

  create: (inputs, context) => bring(inputs, { ownedVersions: [], createdPaths: [] }, context),

  async read(state, context) {
    const { path, link, owner, group } = state;
    const found = await look(state, versionOf(state, state.sha256), state.ownedVersions, context);
    const { target, present } = found;
    if (found.version !== "directory" && target === undefined && present.length === 0) {
      return undefined;
    }
    return {
      ...state,
      directory: target === undefined ? "" : target.startsWith("/") ? target : `${path}/${target}`,
      currentPath: `${path}/${link}`,
      manifest: found.manifest ?? "",
      ownedVersions: present,
      owner: found.owner ?? owner,
      group: found.group ?? group,
    };
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && changed.every((change) => anyTouches([change], "host"))) {
      const { sha256, manifest, directory, currentPath } = state;
      return { sha256, manifest, directory, currentPath, ...madeBy(state) };
    }
    return bring(news, state, context);
  },

  async delete(state, context) {
    const { host, path, link, ownedVersions, createdPaths } = state;
    const remote = context.remote(host);
    await remote.run({
      name: `remove ${path}`,
      script: removeArchive,
      values: { path, link, current: versionOf(state, state.sha256) },
      list: ownedVersions,
    });
    const answer = await remote.run({
      name: `remove ${path}`,
      script: removeDirectories,
      values: { path, purge: "", keep: false },
      list: [...createdPaths].reverse(),
    });
    if (answer.all("left").includes(path)) {
      context.warn(`${path} on host ${host.name} is not empty and was kept`);
    }
  },
};

function madeBy({ ownedVersions, createdPaths }: ArchiveOutputs) {
  return { ownedVersions, createdPaths };
}
