import type { ChangeWatch } from "../changes/noted-args";
import { sentence } from "../validation";
import { extraArgsWarnings } from "./extra-args";
import type { LiveNode } from "./live-node";

/** What is said of changes of a deployment's arguments beyond what each of them does. */
export const watchChanges = (live: Promise<LiveNode>[]): ChangeWatch => ({
  refuse: async (paths) => {
    if (!paths.includes("adminPassword")) return [];
    const serving = (await Promise.all(live)).find(({ healthy }) => healthy);
    return serving === undefined ? [] : [`adminPassword: ${adminPasswordProblem(serving.host)}`];
  },
  warn: (old, next) => extraArgsWarnings(old.extraArgs as string | undefined, next.extraArgs as string | undefined),
});

const adminPasswordProblem = (host: string): string =>
  sentence(
    `the node on ${host} serves, so ODC has taken the former one and ignores another`,
    "take the former one back, or leave adminPassword out where it was; change the password in ODC, by its user admin",
  );
