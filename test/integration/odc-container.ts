import type { Lab } from "../../lab/src/lab";
import { eventually } from "./hosts";
import { startLabContainer, type LabContainer } from "./lab-container";
import { OdcClient } from "./odc-client";

/** An ODC container beside the lab's hosts. */
export interface OdcContainer extends LabContainer {
  /** Address of its web server. */
  url: string;
  /** What the start script and the server wrote. */
  log: () => Promise<string>;
}

/** Whether a server answers that it is healthy. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const { status, data } = await new OdcClient(url).ask("/api/v1/heartbeat/isHealthy", { limit: 1000 });
    return status === 200 && data === true;
  } catch {
    return false;
  }
}

export const untilHealthy = (odc: OdcContainer): Promise<boolean> =>
  eventually(
    "health",
    30,
    () => isHealthy(odc.url),
    (healthy) => healthy,
  );

/** Waits for a sentence in the log. @returns the log. */
export const untilLogged = (odc: OdcContainer, what: string, limitSeconds = 30): Promise<string> =>
  eventually(`"${what}" in the log`, limitSeconds, odc.log, (log) => log.includes(what));

/** The environment of a node that is meant to work. */
export function odcEnvironment(lab: Lab): Record<string, string> {
  return {
    DATABASE_HOST: lab.metadb.address,
    DATABASE_PORT: String(lab.metadb.port),
    DATABASE_USERNAME: lab.metadb.username,
    DATABASE_PASSWORD: lab.metadb.password,
    DATABASE_NAME: lab.metadb.database,
    ODC_HOST: "node-1",
    ODC_ADMIN_INITIAL_PASSWORD: "aaBB11..",
    STANDIN_START_DELAY: "0",
  };
}

/** A host as Debian makes it, with Docker: its name leads to 127.0.1.1, and a bridge that all such hosts have comes after eth0. */
const DEBIAN_HOST = {
  Hostname: "debian",
  Entrypoint: [
    "sh",
    "-c",
    'echo "127.0.0.1 localhost\n127.0.1.1 debian" >/etc/hosts && ip link add docker0 type bridge && ip addr add 172.17.0.1/16 dev docker0 && exec "$@"',
    "sh",
    "/usr/bin/supervisord",
    "-c",
    "/etc/supervisor/supervisord.conf",
  ],
};

/**
 * Starts version `version` of the stand-in with exactly the variables of `environment`.
 * @param onDebian in a network that looks like that of a Debian host with Docker.
 */
export async function startOdc(
  lab: Lab,
  version: string,
  environment: Record<string, string>,
  onDebian = false,
): Promise<OdcContainer> {
  const odc = await startLabContainer(lab, {
    image: `odc-${version}`,
    environment,
    ...(onDebian && { host: { CapAdd: ["NET_ADMIN"] }, more: DEBIAN_HOST }),
  });
  return {
    ...odc,
    url: `http://${odc.address}:${environment["ODC_SERVER_PORT"] ?? "8989"}`,
    log: () => odc.sh("cat /opt/odc/log/*.log"),
  };
}
