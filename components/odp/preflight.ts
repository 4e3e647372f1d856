import type { HostFacts } from "../../provider/resources";
import { dockerProblems } from "../docker-problem";
import { isOfContainer, portProblems } from "../port-problem";
import { sentence } from "../validation";

/** A host with what it has and what is asked of it. */
export interface OdpHost {
  name: string;
  facts: HostFacts;
  /** The unit of the deployment, or its container. */
  unit: string;
  /** Whether OBProxy runs in a container. */
  isContainer: boolean;
  /** Whether one that was started by hand is taken over, which is looked at by itself. */
  adopt: boolean;
  /** Ports of OBProxy, when it is to run there. */
  ports: number[];
  /** Of nginx, when it is to run there. */
  proxy?: { port: number; containerName: string };
}

/** What would keep ODP from running on these hosts: a line for each problem, as host, what was found, rule and fix. */
export const odpProblems = (hosts: OdpHost[]): string[] =>
  hosts.flatMap(({ name, facts, unit, isContainer, adopt, ports, proxy }) => {
    // an OBProxy is taken for the deployment's own where its unit runs; the watchdog knows for certain
    const isRunning = facts.services.includes(`${unit}.service`);
    const isOurs = isContainer
      ? isOfContainer(unit)
      : ({ process }: { process: string }) => (isRunning || adopt) && process === "obproxy";
    const inContainer = [...(isContainer && ports.length > 0 ? ["OBProxy"] : []), ...(proxy ? ["nginx"] : [])];
    return [
      ...ports.flatMap((port) => portProblems(facts, port, isOurs, "ports")),
      ...(proxy ? portProblems(facts, proxy.port, isOfContainer(proxy.containerName), "proxy.port") : []),
      ...inContainer.flatMap((what) => dockerProblems(facts, `${what} runs in a container`)),
    ].map((problem) => `host ${name}: ${problem}`);
  });

/** What is said of a host without the package that is to be there. */
export const packageProblem = (host: string, home: string): string =>
  sentence(
    `host ${host}: there is no program ${home}/bin/obproxy`,
    "install the package there, or give package.archive",
  );

/** What is said of a host without the user or the directory that is to be there. */
export const placeProblem = (host: string, { user, directory }: { user: string; directory: string }): string =>
  sentence(
    `host ${host}: there is no directory ${directory} that the user ${user} may enter`,
    "make both there, or leave package.user and package.dataDirectory out",
  );
