import type { Change } from "../changes";
import { type Around, type Notice, on, own, repairs, touches } from "./notice";

/** Kinds that change the cluster as a whole; what they do to nodes the plugin tells in preview. */
const OF_CLUSTER = ["DolphinServer", "DolphinNodes", "DolphinClusterConfig", "DolphinLicense"].map(own);

/** What users of DolphinDB notice (docs/dolphin-ha.md). */
export function dolphinNotice(change: Change, { changes }: Around): Notice | undefined {
  const { type, op } = change;
  if (type === own("Service")) return service(change);
  if (!OF_CLUSTER.includes(type) || op !== "update") return undefined;
  if (type === own("DolphinServer") && touches(change, "version")) return server(change);
  const isUpgrade = changes.some((one) => one.type === own("DolphinServer") && touches(one, "version"));
  if (type === own("DolphinNodes") && touches(change, "restartTriggers") && !isUpgrade)
    return { risk: "medium", what: "data and compute nodes restart, one after the other", users: OF_NODE };
  return told(change);
}

const OF_NODE = "scripts that run on each are run again elsewhere, as a whole; no row is lost";

function server({ step, notes }: Change): Notice {
  const rolling = step.newState?.inputs?.mode === "rolling";
  const [what = "the server of all nodes is another one"] = notes;
  return rolling
    ? { risk: "medium", what, users: "the users of each node in turn" }
    : { risk: "high", what, users: "nobody is served from the stop to the last node's start" };
}

/** What the plugin says of nodes that restart, stop or go. */
function told({ notes }: Change): Notice | undefined {
  const lines = notes.filter((line) => /\b(restarts?|stops?|goes)\b/.test(line));
  if (lines.length === 0) return undefined;
  const isAll = lines.some((line) => /\b(all nodes|whole cluster)\b/.test(line));
  return isAll
    ? { risk: "high", what: lines.join("; "), users: "nobody is served until all nodes are back" }
    : { risk: "medium", what: lines.join("; "), users: OF_NODE };
}

function service(change: Change): Notice | undefined {
  const { op, role } = change;
  const what = role === "nodes" ? undefined : role;
  if (what === undefined || op === "create") return undefined;
  if (op === "delete")
    return {
      risk: "medium",
      what: `the ${what}${on(change)} goes for good`,
      users: "its nodes' users; the others serve",
    };
  if (repairs(change) && touches(change, "active")) return undefined;
  if (op === "update" && !touches(change, "triggers", "unit")) return undefined;
  return what === "controller"
    ? {
        risk: "medium",
        what: `the controller${on(change)} restarts`,
        users: "nobody where it follows; where it leads, who writes waits until another one leads",
      }
    : { risk: "low", what: `the agent${on(change)} restarts`, users: "nobody: the nodes that it started go on" };
}
