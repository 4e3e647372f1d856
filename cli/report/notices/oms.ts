import type { Change } from "../changes";
import { type Around, CONTAINER, type Notice, on, repairs, restart, runsAgain } from "./notice";

/** What users of OMS notice (docs/oms-multi-node.md). */
export function omsNotice(change: Change, around: Around): Notice | undefined {
  const { type, role } = change;
  if (runsAgain(change)) return procedure(change, around);
  if (type !== CONTAINER) return undefined;
  return role.startsWith("influxdb") ? influxDb(change) : node(change, around);
}

/** A step that stops all nodes comes before whatever starts them. */
const allStop = ({ changes }: Around): boolean => changes.some((one) => one.role === "stop" && runsAgain(one));

function procedure(change: Change, around: Around): Notice | undefined {
  const { role } = change;
  if (role === "stop")
    return {
      risk: "high",
      what: `OMS${on(change)} stops`,
      users: "console and tasks are down on all nodes from here on, until the new version is initialised",
    };
  if (role === "restore")
    return {
      risk: "high",
      what: "the MetaDB is restored from a backup",
      users: "what was saved since that backup is lost",
    };
  if (role === "cm-stop")
    return {
      risk: "high",
      what: `OMS's services${on(change)} stop`,
      users: "its region works on nothing until its nodes are initialised with the new address",
    };
  if (role !== "init" || allStop(around)) return undefined;
  return {
    risk: "medium",
    what: `OMS${on(change)} is initialised anew`,
    users: "its console restarts, and answers 502 meanwhile; tasks go on",
  };
}

function node(change: Change, around: Around): Notice | undefined {
  const { op } = change;
  if (op === "create" || (op === "update" && repairs(change))) return undefined;
  if (op !== "delete")
    return restart(
      around.nodes,
      `OMS${on(change)} restarts, in a new container`,
      "connections to it end",
      "node",
      "nodes",
    );
  if (allStop(around)) return undefined;
  return {
    risk: "medium",
    what: `OMS${on(change)} goes for good`,
    users: "connections to it end; the nodes that stay serve",
  };
}

const influxDb = (change: Change): Notice | undefined =>
  change.op === "create" || repairs(change)
    ? undefined
    : {
        risk: "medium",
        what: `InfluxDB${on(change)} is ${change.op === "delete" ? "removed" : "replaced"}`,
        users: "metrics of these seconds are lost; OMS goes on",
      };
