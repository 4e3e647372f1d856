import type { Conflict } from "../conflicts";
import type { DolphinSettings } from "./schema";

/** What is wrong with the server package, and with the way back to a backup. */
export function serverConflicts<H>({ server, rollback, upgrade }: DolphinSettings<H>): Conflict[] {
  const { archives, hostArchives, version } = server;
  const found: Conflict[] = [];
  if ((archives === undefined) === (hostArchives === undefined))
    found.push({
      path: ["server"],
      rule: "exactly one of archives and hostArchives must be given",
      fix: archives ? "remove one of them" : "give one of them",
    });
  const [, former] = /^\d{8}T\d{6}Z-(.+)$/.exec(rollback?.backup ?? "") ?? [];
  if (former !== undefined && typeof version === "string" && former !== version)
    found.push({
      path: ["server", "version"],
      rule: `the backup is of version ${former}, and only that version reads it`,
      fix: `give the package of ${former} and its version, or another backup`,
    });
  if (former !== undefined && upgrade.mode === "rolling")
    found.push({
      path: ["upgrade", "mode"],
      rule: "the way back stops all nodes: metadata of two versions cannot serve together",
      fix: 'give "offline"',
    });
  return found;
}
