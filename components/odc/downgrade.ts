import { sentence } from "../validation";
import { compareVersions } from "../../provider/resources/version";
import type { LiveNode } from "./live-node";

/** The version in an image's tag; undefined when the tag tells none. */
export function versionOf(reference: string): string | undefined {
  const tag = /:([^:/@]+)(@.*)?$/.exec(reference)?.[1] ?? "";
  return /\d+(\.\d+){2,3}/.exec(tag)?.[0];
}

/**
 * Why nodes cannot get an image: one of them runs a later version, to which the MetaDB has been migrated.
 * @returns undefined when nothing is known against it.
 */
export function downgradeProblem(reference: string, nodes: LiveNode[]): string | undefined {
  const wanted = versionOf(reference);
  if (wanted === undefined) return undefined;
  const later = nodes.find(({ version }) => version !== undefined && compareVersions(version, wanted) > 0);
  if (later === undefined) return undefined;
  return `image ${reference}: ${sentence(
    `${later.host} runs ${later.version}, and ODC refuses to start with a MetaDB that a later version has migrated`,
    "give rollback.backup, a backup from before the upgrade (output backups), beside the old image",
  )}`;
}
