import type { Answer } from "../ssh/answer";

/** A container that runs. */
export interface RunningContainer {
  id: string;
  name: string;
  /** Ports that Docker publishes for it: `tcp 8080`. */
  published: string[];
}

/** A Docker Engine; without a version when none answers. */
export interface Engine {
  version?: string;
  containers: RunningContainer[];
}

/** What the script of the host facts says of the Docker Engine: in the Engine's own JSON, or by Docker's client. */
export function parseEngine(answer: Answer): Engine {
  const [version, containers] = answer.all("engine").map((line) => JSON.parse(line) as unknown);
  if (version === undefined)
    return { version: answer.get("docker"), containers: answer.all("container").map(parseLine) };
  return {
    version: (version as { Version: string }).Version,
    containers: ((containers ?? []) as ListedContainer[]).map(parseListed),
  };
}

/** The parts of `GET /containers/json` that are read. */
interface ListedContainer {
  Id: string;
  Names: string[];
  Ports: { PublicPort?: number; Type: string }[] | null;
}

const parseListed = ({ Id, Names, Ports }: ListedContainer): RunningContainer => ({
  id: Id,
  // other names are those under which linked containers know it: /them/alias
  name: Names.find((name) => /^\/[^/]+$/.test(name))?.slice(1) ?? "",
  published: (Ports ?? []).flatMap(({ PublicPort, Type }) =>
    PublicPort === undefined ? [] : [`${Type} ${PublicPort}`],
  ),
});

/** A line of `docker ps`: ID, name, and its ports as in `0.0.0.0:8080->80/tcp, 9000/tcp`. */
function parseLine(line: string): RunningContainer {
  const [id = "", name = "", ...ports] = line.split(" ");
  const published = [...ports.join(" ").matchAll(/:(\d+)->\d+\/(tcp|udp)/g)];
  return { id, name, published: published.map(([, port = "", protocol = ""]) => `${protocol} ${port}`) };
}
