import type { SeenCertificate } from "../look/seen";
import type { Server } from "../model/servers";
import type { ServedStatus } from "../status";
import { endStatus } from "./ends";

/** The certificate that a server shows, held against what was deployed. @param now milliseconds since 1970 */
export function servedStatus(server: Server, seen: SeenCertificate | undefined, now: number): ServedStatus {
  const { part, host, endpoint, certificate, deployed, reload } = server;
  const told = {
    ...{ part, host, endpoint, certificate, reload },
    ...{ deployedEnd: deployed.end, deployedFingerprint: deployed.fingerprint },
  };
  if (seen?.state !== "shown") {
    const problem = seen?.state === "unknown" ? seen.problem : "";
    return { ...told, shows: "unknown", problem, end: "", daysLeft: null, fingerprint: "" };
  }
  const { end, daysLeft } = endStatus("", seen.end, now);
  const shows = seen.fingerprint === deployed.fingerprint ? "deployed" : server.isAsFound ? "own" : "other";
  return { ...told, shows, problem: "", end, daysLeft, fingerprint: seen.fingerprint };
}
