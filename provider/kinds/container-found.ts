import { z } from "zod";
import { inspectContainer, noteAdoption } from "../scripts/container";
import type { Answer } from "../ssh/answer";
import { Host, host, text } from "./fields";
import { Query } from "./query";

const mount = z.object({ source: z.string(), target: z.string(), readOnly: z.boolean() });

const found = {
  id: z.string().describe("Its ID."),
  running: z.boolean().describe("Whether it runs."),
  image: z.string().describe("ID of its image."),
  reference: z.string().describe("Name of the image that it was made with."),
  environment: z.array(z.string()).describe("NAME=value, without what is the image's own. Secret."),
  imageEnvironment: z.array(z.string()).describe("NAME=value of the image."),
  command: z.array(z.string()).describe("Its command; empty where it is the image's."),
  restart: z.string().describe("Its restart policy."),
  networkMode: z.string().describe("Its network."),
  ports: z.array(z.string()).describe("Ports that are published for it, OUTSIDE:INSIDE/PROTOCOL."),
  logDriver: z.string().describe("Where its log goes."),
  logOptions: z.array(z.string()).describe("Options of that, NAME=value."),
  memory: z.number().describe("Memory limit in MiB; 0 without one."),
  cpus: z.number().describe("Limit of processor cores; 0 without one."),
  privileged: z.boolean().describe("Whether it may do all that the host's root may."),
  ulimits: z.array(z.string()).describe("NAME=SOFT:HARD."),
  labels: z.array(z.string()).describe("NAME=value, without what is the image's own."),
  mounts: z
    .array(mount.meta({ id: "ContainerMount", description: "A directory or file of the host within a container." }))
    .describe("Directories and files of the host, or volumes, that are mounted."),
  file: z.string().optional().describe("The text of the file that was asked for; missing where there is none."),
};

type Found = z.infer<z.ZodObject<typeof found>>;

const pairs = z.record(z.string(), z.string()).nullish();

/** The parts of `GET /containers/NAME/json` that are read. */
const inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({ Running: z.boolean() }),
  Config: z.object({
    Image: z.string(),
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Labels: pairs,
  }),
  HostConfig: z.object({
    NetworkMode: z.string(),
    RestartPolicy: z.object({ Name: z.string() }),
    LogConfig: z.object({ Type: z.string(), Config: pairs }),
    Memory: z.number(),
    CpuPeriod: z.number().nullish(),
    CpuQuota: z.number().nullish(),
    NanoCpus: z.number().nullish(),
    Privileged: z.boolean(),
    Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
    PortBindings: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullish()).nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Source: z.string().nullish(),
        Name: z.string().nullish(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
});

/** The same of `GET /images/NAME/json`. */
const inspectedImage = z.object({
  Config: z.object({ Env: z.array(z.string()).nullish(), Cmd: z.array(z.string()).nullish(), Labels: pairs }).nullish(),
});

/** What a host's Engine knows of a container, whoever made it. */
export const containerQuery: Query<{ host: Host; name: string; file?: string }, { container?: Found }> = {
  token: "dbha:index:getContainer",
  description: "Asks a host's Docker Engine how a container was made.",
  inputs: {
    host: host(),
    name: text("the container's name").describe("Name of the container."),
    file: text("a path").optional().describe("A text file to read as the container sees it, of at most 256 KiB."),
  },
  quiet: [],
  outputs: {
    container: z
      .object(found)
      .meta({ id: "FoundContainer", description: "A container as it was made, whoever made it." })
      .optional()
      .describe("What it is; missing where there is none of that name."),
  },

  async answer({ host, name, file = "" }, context) {
    const step = { name: `look at container ${name}`, script: inspectContainer, values: { name, file } };
    const container = parseContainer(await context.remote(host).run(step));
    return container === undefined ? {} : { container };
  },
};

/** What the script said of a container; undefined where there is none. */
export function parseContainer(answer: Answer): Found | undefined {
  const [container] = answer.json("container", inspected);
  const [image] = answer.json("image", inspectedImage);
  if (container === undefined) return undefined;
  const { Config: config, HostConfig: limits } = container;
  const own = image?.Config;
  const environment = own?.Env ?? [];
  const labels = listed(own?.Labels);
  const file = answer.get("file");
  return {
    id: container.Id,
    running: container.State.Running,
    image: container.Image,
    reference: config.Image,
    // `docker run` gives its daemon the variables in another order each time
    environment: (config.Env ?? []).filter((variable) => !environment.includes(variable)).sort(),
    imageEnvironment: environment,
    command: sameWords(config.Cmd, own?.Cmd) ? [] : (config.Cmd ?? []),
    restart: limits.RestartPolicy.Name || "no",
    networkMode: limits.NetworkMode,
    ports: Object.entries(limits.PortBindings ?? {}).flatMap(([inside, bindings]) =>
      (bindings ?? []).map(({ HostPort }) => `${HostPort}:${inside}`),
    ),
    logDriver: limits.LogConfig.Type,
    logOptions: listed(limits.LogConfig.Config),
    memory: limits.Memory / 2 ** 20,
    cpus: limits.NanoCpus ? limits.NanoCpus / 1e9 : (limits.CpuQuota ?? 0) / (limits.CpuPeriod || 100_000),
    privileged: limits.Privileged,
    ulimits: (limits.Ulimits ?? []).map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`),
    labels: listed(config.Labels).filter((label) => !labels.includes(label)),
    mounts: (container.Mounts ?? []).map(({ Source, Name, Destination, RW }) => ({
      source: Name ?? Source ?? "",
      target: Destination,
      readOnly: !RW,
    })),
    ...(file && { file: Buffer.from(file, "base64").toString("utf8") }),
  };
}

const listed = (values: Record<string, string> | null | undefined): string[] =>
  Object.entries(values ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort();

const sameWords = (one?: string[] | null, other?: string[] | null): boolean =>
  JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

type Adoption = { host: Host; name: string; id: string; wanted: string; image: string; user: string };

/** When a container that was made by hand is in the stack's state. */
export const adoptionNote: Query<Adoption, Record<string, never>> = {
  token: "dbha:index:noteAdoption",
  description: "Notes on a host which container a stack has taken over, and what it was to be then.",
  inputs: {
    host: host(),
    name: text("the container's name").describe("Name of the container."),
    id: text("the container's ID").describe("Its ID."),
    wanted: z
      .string("a text")
      .regex(/^\S*$/, "must be a text without spaces")
      .describe("A hash of what it is to be; empty for one that the stack has made."),
    image: text("the image's ID").describe("ID of its image, an Image of the same stack."),
    user: text("the resource's URN").describe("URN of the container's resource."),
  },
  quiet: [],
  outputs: {},

  async answer({ host, ...values }, context) {
    await context.remote(host).run({ name: `note container ${values.name}`, script: noteAdoption, values });
    return {};
  },
};
