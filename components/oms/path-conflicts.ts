import { posix } from "node:path";
import type { Conflict } from "../conflicts";
import type { OmsSettings } from "./schema";

/** Paths that are one within another: what writes to one, or removes it, would have the other, too. */
export function pathConflicts<H>({ mounts, configFile, https, backup, tsdb }: OmsSettings<H>): Conflict[] {
  const all: [name: string, path: unknown][] = [
    ["mounts.logs", mounts.logs],
    ["mounts.store", mounts.store],
    ["mounts.run", mounts.run],
    ["configFile", configFile],
    // of the directory itself no more is the deployment's than these two files
    ["https.directory", typeof https?.directory === "string" ? posix.join(https.directory, "https_crt") : undefined],
    ["backup.directory", backup.directory],
    ["tsdb.influxDb.dataDirectory", tsdb?.influxDb?.dataDirectory],
  ];
  return all.flatMap(([name, path], i) =>
    all.slice(0, i).flatMap(([other, earlier]) => {
      const relation = relationOf(path, earlier);
      if (relation === undefined) return [];
      return [
        {
          path: name.split("."),
          rule: `${relation} ${other}, ${String(earlier)}`,
          fix: "give each a place of its own",
        },
      ];
    }),
  );
}

function relationOf(path: unknown, other: unknown): string | undefined {
  if (typeof path !== "string" || typeof other !== "string") return undefined;
  const [one, two] = [path, other].map((each) => posix.join("/", each, "/")) as [string, string];
  if (one === two) return "is the same as";
  if (one.startsWith(two)) return "lies within";
  return two.startsWith(one) ? "contains" : undefined;
}
