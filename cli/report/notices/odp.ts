import type { Change } from "../changes";
import { type Around, CONTAINER, type Notice, on, own, repairs, restart, touches } from "./notice";

/** What clients of OBProxy notice (docs/odp-watchdog.md). */
export function odpNotice(change: Change, { nodes, changes }: Around): Notice | undefined {
  const { type, op, role, hosts } = change;
  const runs = (type === own("Service") && role === "service") || (type === CONTAINER && role === "container");
  if (!runs || op === "create") return undefined;
  if (op === "delete")
    return {
      risk: "medium",
      what: `OBProxy${on(change)} goes for good`,
      users: "connections to it end; the proxies that stay serve",
    };
  if (repairs(change) && touches(change, "active", "mustRun")) return undefined;
  if (type === own("Service") && op === "update" && !touches(change, "triggers", "unit")) return undefined;
  const isDrained = changes.some((one) => one.role.startsWith(`drain-${hosts[0]}`));
  const its = isDrained
    ? "it is drained first; connections that outlast that break once"
    : "connections to it break once";
  return restart(nodes, `OBProxy${on(change)} restarts`, its, "proxy", "proxies");
}
