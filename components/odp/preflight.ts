import type { HostFacts } from "../../provider/resources";
import { sentence } from "../validation";

/** A host with what it has and what is asked of it. */
export interface OdpHost {
  name: string;
  facts: HostFacts;
  /** The unit of the deployment, or its container. */
  unit: string;
  /** Whether OBProxy runs in a container. */
  isContainer: boolean;
  /** Ports of OBProxy, when it is to run there. */
  ports: number[];
  /** Of nginx, when it is to run there. */
  proxy?: { port: number; containerName: string };
}

/** What would keep ODP from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export const odpProblems = (hosts: OdpHost[]): string[] =>
  hosts.flatMap(({ name, facts, unit, isContainer, ports, proxy }) => {
    // an OBProxy is taken for the deployment's own where its unit runs; the watchdog knows for certain
    const isRunning = facts.services.includes(`${unit}.service`);
    const isOurs = ({ process, container }: Port): boolean =>
      isContainer ? container === unit : isRunning && process === "obproxy";
    const inContainer = [...(isContainer && ports.length > 0 ? ["OBProxy"] : []), ...(proxy ? ["nginx"] : [])];
    return [
      ...ports.flatMap((port) => taken(facts, port, isOurs, "ports")),
      ...(proxy ? taken(facts, proxy.port, ({ container }) => container === proxy.containerName, "proxy.port") : []),
      ...(facts.dockerVersion === undefined ? inContainer : []).map((what) =>
        sentence(`no Docker Engine answers, and ${what} runs in a container`, "install Docker and start it"),
      ),
    ].map((problem) => `host ${name}: ${problem}`);
  });

type Port = HostFacts["ports"][number];

function taken({ ports }: HostFacts, port: number, isOurs: (one: Port) => boolean, field: string): string[] {
  const one = ports.find((found) => found.protocol === "tcp" && found.port === port && !isOurs(found));
  if (one === undefined) return [];
  const by =
    one.container === undefined
      ? one.process || "a process that the kernel does not name"
      : `container ${one.container}`;
  return [sentence(`port ${port} is taken by ${by}`, `stop that, or change ${field}`)];
}

/** What is said of a host without the package that is to be there. */
export const packageProblem = (host: string, home: string): string =>
  sentence(
    `host ${host}: there is no program ${home}/bin/obproxy`,
    "install the package there, or give package.archive",
  );
