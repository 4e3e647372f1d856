import type { Change } from "../changes";
import { type Around, CONTAINER, type Notice, on, own, repairs, restart, touches } from "./notice";

/** What users notice of nginx before a deployment, and of the address that moves between its hosts. */
export function balancerNotice(change: Change, { proxies }: Around): Notice | undefined {
  if (change.urn.types.includes(own("VirtualIp"))) return address(change);
  return change.urn.types.includes(own("LoadBalancer")) ? nginx(change, proxies) : undefined;
}

function nginx(change: Change, proxies: number | undefined): Notice | undefined {
  const { type, op } = change;
  if (type !== CONTAINER || op === "create" || (op === "update" && repairs(change))) return undefined;
  if (op === "delete")
    return { risk: "medium", what: `nginx${on(change)} goes for good`, users: "open connections through it break" };
  return restart(
    proxies,
    `nginx${on(change)} restarts, in a new container`,
    "open connections through it break",
    "nginx",
    "nginx",
  );
}

function address(change: Change): Notice | undefined {
  const { type, op } = change;
  if (type !== own("Service") || op === "create") return undefined;
  if (repairs(change) && touches(change, "active")) return undefined;
  if (op === "update" && !touches(change, "triggers", "unit")) return undefined;
  const what = `keepalived${on(change)} ${op === "delete" ? "goes" : "restarts"}`;
  return {
    risk: "medium",
    what,
    users: "where it has the address, that moves: open connections break, new ones are answered within seconds",
  };
}
