import type { PlainArgs } from "../changes/compare";
import type { KnownHost } from "../conflicts";
import { sentence } from "../validation";
import { layoutOf, only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";

/** Of arguments in the state: hosts are names. */
const byName: KnownHost<string> = { nameOf: (name) => name, addressOf: () => undefined, isLost: () => false };

const controllersOf = (args: PlainArgs): PlacedNode[] =>
  only(layoutOf(args as unknown as DolphinSettings<string>, byName), "controller");

const tell = ({ alias, hostName, port }: PlacedNode): string => `${alias} on ${hostName}, port ${port}`;

/**
 * Why controllers of other arguments cannot take the place of those that are there, a line each. Without `controllers` another order of
 * `hosts`, or a host that comes or goes among the first three, is another group, too.
 */
export function controllerProblems(old: PlainArgs, next: PlainArgs): string[] {
  const [former, wanted] = [controllersOf(old), controllersOf(next)];
  const [were, are] = [former.map(tell), wanted.map(tell)];
  const changed = [
    ...wanted.filter((one) => !were.includes(tell(one))).map((one) => `${tell(one)} would come`),
    ...former.filter((one) => !are.includes(tell(one))).map((one) => `${tell(one)} would go`),
  ];
  const found = metadataProblems(old, next);
  if (changed.length === 0) return found;
  const names = former.map(({ hostName }) => hostName).join(", ");
  return [
    ...found,
    `${next.controllers === undefined ? "hosts" : "controllers"}: ${sentence(
      `${changed.join(", ")}: the controllers are a Raft group, and another group is not built yet`,
      `keep ${names} in hosts, and name them in controllers; a machine in the place of one of them takes its name and address (docs/dolphin-ha.md)`,
    )}`,
  ];
}

/** Another directory of metadata is an empty one: what tells of all data would be gone with it. */
function metadataProblems(old: PlainArgs, next: PlainArgs): string[] {
  const [was, becomes] = [old, next].map(
    ({ parameters }) => (parameters as DolphinSettings<string>["parameters"]).controllers.dfsMetaDir,
  );
  if (was === becomes) return [];
  const rule = `would be ${becomes ?? "the engine's default"}, and the metadata are in ${was ?? "the engine's default"}`;
  return [`parameters.controllers.dfsMetaDir: ${sentence(rule, "take the former value back")}`];
}
