import { inspectArchive } from "../archives/archive-file";
import { ArchiveInputs, look } from "./archive-transfer";
import { Host, isCleanPath } from "./fields";
import type { Context, Found, Import } from "./kind";

/** How many leading parts of the names may have been left out when the archive was unpacked by hand. */
const likelyStrips = [0, 1, 2];

/** An archive that was unpacked before, found by the link to it and by the file that it came from. */
export const archiveImport: Import = {
  form: "PATH/LINK:SOURCE with the link to the current version and the archive file on this machine",
  example: "p1:/opt/obproxy/current:archives/obproxy-4.2.1.tar.gz",
  look: (rest) => {
    const [, path, link, source] = /^(\/[^:]+)\/([^/:]+):(.+)$/s.exec(rest) ?? [];
    if (path === undefined || link === undefined || source === undefined || !isCleanPath(path)) {
      return undefined;
    }
    return (host, context) => find(host, { path, link, source }, context);
  },
};

async function find(
  host: Host,
  wanted: Pick<ArchiveInputs, "path" | "link" | "source">,
  context: Context,
): Promise<Found> {
  const { path, link, source } = wanted;
  const remote = context.remote(host);
  const base = { ...wanted, host, stripComponents: 0, owner: "root", group: "root", keep: 1 };
  const step = `import ${path}/${link}`;
  const version = (await look(base, link, [], context)).target;
  if (version === undefined || version.includes("/")) {
    const what = version === undefined ? "there is no such link" : `it points to ${version}, outside ${path}`;
    throw remote.problem(step, what, "correct the path, or declare the archive without import, and up unpacks it");
  }
  const found = await look(base, version, [version], context);
  for (const stripComponents of likelyStrips) {
    const contents = await inspectArchive(source, stripComponents).catch((error: unknown) => {
      // With more parts left out nothing may be left; that is no problem of the file.
      if (stripComponents === 0) {
        throw error;
      }
      return undefined;
    });
    if (contents !== undefined && contents.manifest === found.manifest) {
      const { sha256, manifest } = contents;
      const owner = { owner: found.owner ?? "root", group: found.group ?? "root" };
      return {
        inputs: { ...wanted, ...owner, stripComponents, ...(version === sha256.slice(0, 12) ? {} : { version }) },
        outputs: {
          sha256,
          manifest,
          directory: `${path}/${version}`,
          currentPath: `${path}/${link}`,
          // Without the mark somebody else unpacked it, and it is not removed on delete.
          ownedVersions: found.made === undefined ? [] : [version],
          createdPaths: [],
        },
      };
    }
  }
  throw remote.problem(
    step,
    `${path}/${version} is not what ${source} unpacks to, by names, modes, sizes and times`,
    "give the file it came from, or declare the archive without import, and up unpacks it",
  );
}
