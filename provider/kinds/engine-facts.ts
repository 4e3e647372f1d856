import { z } from "zod";
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
  /** Of the Podman that answers in its place. */
  podman?: string;
  /** Whether it maps containers' users to others of the host. */
  userNamespaces: boolean;
  containers: RunningContainer[];
}

/** The parts of `GET /version`, `/containers/json` and `/info` that are read. */
const versionForm = z.object({ Version: z.string(), Components: z.array(z.object({ Name: z.string() })).nullish() });
const containersForm = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Ports: z.array(z.object({ PublicPort: z.int().optional(), Type: z.string() })).nullish(),
  }),
);
const securityForm = z.array(z.string()).nullish();
const infoForm = z.object({ SecurityOptions: securityForm });

/** What the script of the host facts says of the Docker Engine: in the Engine's own JSON, or by Docker's client. */
export function parseEngine(answer: Answer): Engine {
  const [version] = answer.json("engine_version", versionForm);
  if (version === undefined) {
    const [security] = answer.json("security", securityForm);
    return {
      version: answer.get("docker"),
      podman: answer.get("podman"),
      userNamespaces: mapsUsers(security),
      containers: answer.all("container").map(parseLine),
    };
  }
  const isPodman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name));
  const [containers = []] = answer.json("engine_containers", containersForm);
  const [info] = answer.json("engine_info", infoForm);
  return {
    ...(isPodman ? { podman: version.Version } : { version: version.Version }),
    userNamespaces: mapsUsers(info?.SecurityOptions),
    containers: containers.map(parseListed),
  };
}

/** By `name=userns`, before Docker 17.03 `userns`. */
const mapsUsers = (security: string[] | null | undefined): boolean =>
  (security ?? []).some((option) => /^(name=)?userns\b/.test(option));

const parseListed = ({ Id, Names, Ports }: z.infer<typeof containersForm>[number]): RunningContainer => ({
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
