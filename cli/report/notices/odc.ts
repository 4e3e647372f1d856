import type { Change } from "../changes";
import { type Around, CONTAINER, type Notice, on, repairs, restart, runsAgain } from "./notice";

/** What users of ODC notice; the table of docs/odc-ha.md in other words. */
export function odcNotice(change: Change, { nodes }: Around): Notice | undefined {
  const { type, op, role } = change;
  if (role === "restore" && runsAgain(change))
    return {
      risk: "high",
      what: "the MetaDB is restored from a backup",
      users: "ODC is down until its first node has started; what was saved since that backup is lost",
    };
  if (type !== CONTAINER || role !== "node" || op === "create") return undefined;
  if (op === "delete")
    return {
      risk: "medium",
      what: `ODC${on(change)} goes for good`,
      users: "database sessions on it end; the nodes that stay serve",
    };
  if (op === "update" && repairs(change)) return undefined;
  return restart(
    nodes,
    `ODC${on(change)} restarts, in a new container`,
    "database sessions on it end",
    "node",
    "nodes",
  );
}
