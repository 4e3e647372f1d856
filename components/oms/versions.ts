import { sentence } from "../validation";
import { atLeast, compareVersions } from "../../provider/resources/version";

/** The oldest version whose documents are known here, and the newest that the vendor's tools name. */
export const KNOWN_VERSIONS = { oldest: "3.2.2", newest: "4.2.14" };

/**
 * The version in a text like "4.2.7", "V4.2.7", "4.2.7-CE" or "feature_4.0.0-ce_bp1", as in the argument `version`. What failed its
 * own rule may be anything, and only texts have one: a list would be read as one.
 */
export function omsVersion(text: string): string | undefined {
  if (typeof text !== "string") return undefined;
  const [, version, patch] = /(?<![\d.])v?(\d+\.\d+\.\d+)(?:[-_]?ce)?(?:[-_]?bp(\d+))?(?![\d.])/i.exec(text) ?? [];
  if (version === undefined) return undefined;
  return patch === undefined ? version : `${version}-bp${patch}`;
}

/** The version in an image's tag; undefined when the tag tells none. */
export function versionOfReference(reference: string): string | undefined {
  const [, tag = ""] = /:([^:/@]+)(?:@.*)?$/.exec(reference) ?? [];
  return omsVersion(tag);
}

/** What stands in a container's name for a version, as in the documents: oms_427. */
export const containerSuffix = (version: string): string => version.replaceAll(".", "");

export const containerNameOf = ({ containerPrefix, version }: { containerPrefix: string; version: string }): string =>
  `${containerPrefix}_${containerSuffix(version)}`;

/**
 * The version that such a name tells, of three numbers of which the first two have one digit, as all that are known here; undefined where
 * it tells none.
 */
export function versionInName(name: string, containerPrefix: string): string | undefined {
  if (!name.startsWith(`${containerPrefix}_`)) return undefined;
  const [, major, minor, rest] = /^(\d)(\d)(\d+(?:-bp\d+)?)$/.exec(name.slice(containerPrefix.length + 1)) ?? [];
  return rest === undefined ? undefined : `${major}.${minor}.${rest}`;
}

/** Whether the image initialises OMS at its start; before that docker_init.sh is run by hand. Source: OBD. */
export const initialisedByImage = (version: string): boolean => atLeast(version, "4.2.11");

/** Whether there is no first password: who comes first chooses that of admin. Source: documents of 4.2.1. */
export const hasFirstVisitor = (version: string): boolean => atLeast(version, "4.2.1");

/** Whether config.yaml has drc_user and drc_password. Source: documents of 3.2.2 to 4.1.1. */
export const hasDrcUser = (version: string): boolean => !atLeast(version, "4.1.1");
export const needsDrcUser = (version: string): boolean => !atLeast(version, "3.3.0");

/** Whether ports can be set. Source: Chinese document of 4.2.2. */
export const hasPorts = (version: string): boolean => atLeast(version, "4.2.2");

/** Whether a container is told of an upgrade by IS_UPGRADE. Source: document of 3.3.1. */
export const knowsUpgrade = (version: string): boolean => atLeast(version, "3.3.1");

/** From which versions a version may be upgraded to. Where the vendor contradicts itself, all that it says. */
export const UPGRADES: { to: string; from: string[]; source: string }[] = [
  { to: "3.3.0", from: ["3.2.2"], source: "document of 3.3.0" },
  { to: "3.3.1", from: ["3.3.0"], source: "document of 3.3.1" },
  { to: "4.1.1", from: [], source: "document of 4.1.1: a new installation alone" },
  { to: "4.2.0", from: ["4.1.1"], source: "document of 4.2.0" },
  { to: "4.2.1", from: ["4.2.0"], source: "document of 4.2.1" },
  { to: "4.2.2", from: ["4.2.1"], source: "document of 4.2.2" },
  { to: "4.2.4", from: ["4.2.3"], source: "document of 4.2.4" },
  { to: "4.2.6", from: ["4.2.4", "4.2.5"], source: "two documents of 4.2.6, one for each" },
  {
    to: "4.2.9",
    from: ["4.2.0", "4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5", "4.2.6", "4.2.7", "4.2.8"],
    source: "document of 4.2.9",
  },
];

/** From this version on OBD upgrades to a version, and from which on it does so. */
export const OBD_UPGRADES = { to: "4.2.11", from: "4.1.1" };

const same = (one: string, other: string): boolean => compareVersions(one, other) === 0;
const list = (words: string[]): string =>
  [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" or ");

/**
 * Why OMS may not be upgraded from one version to another; undefined where a document says that it may, or the user does.
 * @param upgradeFrom what the user says of versions.
 */
export function upgradeProblem(from: string, to: string, upgradeFrom?: string): string | undefined {
  if (same(from, to) || (upgradeFrom !== undefined && same(from, upgradeFrom))) return undefined;
  if (!atLeast(to, from))
    return sentence(
      `OMS runs in version ${from}, and there is no way back to ${to} but a backup`,
      "give rollback.backup, a backup from before the upgrade, or take the version that runs",
    );
  const documented = UPGRADES.find((one) => same(one.to, to));
  if (documented?.from.some((one) => same(one, from))) return undefined;
  if (documented === undefined && atLeast(to, OBD_UPGRADES.to)) {
    if (atLeast(from, OBD_UPGRADES.from)) return undefined;
    return sentence(
      `OMS ${to} takes upgrades from ${OBD_UPGRADES.from} on (OBD), and ${from} runs`,
      `upgrade to ${OBD_UPGRADES.from} or a later version first, or set upgradeFrom where its release notes allow it`,
    );
  }
  if (documented === undefined)
    return sentence(
      `no document known here tells from which versions OMS ${to} takes upgrades, and ${from} runs`,
      `look into the release notes of ${to}, and where they allow it set upgradeFrom: "${from}"`,
    );
  if (documented.from.length === 0)
    return sentence(
      `OMS ${to} takes no upgrades (${documented.source}), and ${from} runs`,
      `choose another version, or set upgradeFrom where the release notes of ${to} allow it`,
    );
  return sentence(
    `OMS ${to} takes upgrades from ${list(documented.from)} (${documented.source}), and ${from} runs`,
    `upgrade to ${list(documented.from)} first, or set upgradeFrom where the release notes of ${to} allow it`,
  );
}
