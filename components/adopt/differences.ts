import type { FoundContainer } from "../../provider/resources";
import { isSecretField } from "../secret-fields";
import { carriesSecret, sentence } from "../validation";

/** One thing in which what was made by hand is not what the stack would make. */
export interface Difference {
  /** What differs, like `memory` or `DATABASE_PORT`. */
  what: string;
  found: string;
  wanted: string;
  /** How to mend it, where what is there does not do what the arguments say; without it may stay until it is replaced. */
  fix?: string;
  /** What else is to be shown of it, line by line. */
  lines?: string[];
}

/** What a container is to be: those of the docker provider's arguments that are compared, all known. */
export interface WantedContainer {
  image: string;
  envs?: string[];
  command?: string[];
  networkMode?: string;
  ports?: { internal: number; external?: number }[];
  restart?: string;
  logDriver?: string;
  logOpts?: Record<string, string>;
  memory?: number;
  cpuPeriod?: number;
  cpuQuota?: number;
  privileged?: boolean;
  ulimits?: { name: string; soft: number; hard: number }[];
  labels?: { label: string; value: string }[];
  volumes?: { hostPath?: string; containerPath: string; readOnly?: boolean }[];
}

/** A variable of the environment. */
export interface Variable {
  /** The argument that tells it. */
  argument: string;
  /** What the software takes where it is not set. */
  unset?: string;
  /** It may be missing. */
  optional?: true;
  /** It may be another one. */
  free?: true;
}

/** The argument that tells a setting, or how to mend one that no argument tells. */
type Mended = string | { fix: string };

/** A directory or file within a container. */
export interface Mount {
  /** The argument that tells whether it is there. */
  argument: string;
  /** It may be any of the host's. */
  anywhere: true;
}

/** Which argument tells a setting, for those that a container must have as the arguments say. */
export interface Told {
  image: string;
  memory?: string;
  cpus?: string;
  network?: Mended;
  /** By paths within the container. */
  mounts?: Record<string, string | Mount>;
  /** By name. */
  environment?: Record<string, Variable>;
}

/**
 * All in which a container is not what it is to be.
 * @param unknown settings that are not known yet, in a preview: they are not compared.
 */
export function differences(
  found: FoundContainer,
  wanted: WantedContainer,
  told: Told,
  unknown: string[] = [],
): Difference[] {
  const ports = (wanted.ports ?? []).map(({ internal, external }) => `${external ?? ""}:${internal}/tcp`);
  const network = (mode = "bridge", published: string[] = []) => [mode === "default" ? "bridge" : mode, ...published];
  const cpus = (wanted.cpuQuota ?? 0) / (wanted.cpuPeriod ?? 100_000);
  const logOptions = Object.entries(wanted.logOpts ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(unknown.includes("image") ? [] : imageDifference(found, wanted, told)),
    ...compared("memory", limit(found.memory, "MiB"), limit(wanted.memory, "MiB"), told.memory),
    ...compared("cpus", limit(found.cpus, "cores"), limit(cpus, "cores"), told.cpus),
    ...compared(
      "network",
      words(network(found.networkMode, found.ports)),
      words(network(wanted.networkMode, ports)),
      told.network,
    ),
    ...mountDifferences(found, wanted, told),
    ...(unknown.includes("envs") ? [] : variableDifferences(found, wanted, told.environment ?? {})),
    ...compared("command", found.command.join(" ") || "the image's", wanted.command?.join(" ") ?? "the image's"),
    ...compared("restart", found.restart, wanted.restart ?? "no"),
    ...compared("log driver", found.logDriver, wanted.logDriver ?? found.logDriver),
    ...compared("log options", words(found.logOptions), words(logOptions)),
    ...compared("privileged", String(found.privileged), String(wanted.privileged ?? false)),
    ...compared(
      "ulimits",
      words(found.ulimits),
      words((wanted.ulimits ?? []).map(({ name, soft, hard }) => `${name}=${soft}:${hard}`)),
    ),
    ...(unknown.includes("labels")
      ? []
      : compared(
          "labels",
          words(found.labels),
          words((wanted.labels ?? []).map(({ label, value }) => `${label}=${value}`)),
        )),
  ];
}

/** A line about one, for people. */
export const describe = ({ what, found, wanted, fix, lines = [] }: Difference): string => {
  const line = `${what}: it has ${found}, and the arguments say ${wanted}`;
  return [fix === undefined ? line : sentence(line, fix), ...lines.map((one) => `      ${one}`)].join("\n");
};

/** Lists as texts; the order of those that have none says nothing. */
export const words = (list: string[]): string => (list.length === 0 ? "none" : [...list].sort().join(", "));

/** How an argument is mended. */
export const asItHasIt = (argument: string): string => `give ${argument} as it has it`;

function compared(what: string, found: string, wanted: string, mended?: Mended): Difference[] {
  if (found === wanted) return [];
  const fix = typeof mended === "string" ? asItHasIt(mended) : mended?.fix;
  return [{ what, found, wanted, ...(fix !== undefined && { fix }) }];
}

const limit = (amount: number | undefined, unit: string): string => (amount ? `${amount} ${unit}` : "no limit");

function imageDifference(found: FoundContainer, { image }: WantedContainer, told: Told): Difference[] {
  if (found.image === image) return [];
  const fix = `give ${told.image} as the one that it runs; take another one afterwards`;
  return [{ what: "image", found: `${found.reference} (${short(found.image)})`, wanted: short(image), fix }];
}

const short = (id: string): string => id.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1");

function mountDifferences(found: FoundContainer, { volumes = [] }: WantedContainer, told: Told): Difference[] {
  const shown = (source: string, readOnly: boolean): string => (readOnly ? `${source}, read-only` : source);
  const wanted = volumes.flatMap(({ hostPath = "", containerPath, readOnly = false }) => {
    const there = found.mounts.find(({ target }) => target === containerPath);
    const has = there === undefined ? "nothing" : shown(there.source, there.readOnly);
    const { argument, anywhere } = mountIn(told, containerPath);
    const mended = anywhere && there !== undefined ? undefined : argument;
    return compared(`mount ${containerPath}`, has, shown(hostPath, readOnly), mended);
  });
  const others = found.mounts.filter(({ target }) => !volumes.some(({ containerPath }) => containerPath === target));
  return [
    ...wanted,
    ...others.flatMap(({ source, target, readOnly }) =>
      compared(`mount ${target}`, shown(source, readOnly), "nothing", mountIn(told, target).argument),
    ),
  ];
}

function mountIn({ mounts = {} }: Told, path: string): { argument?: string; anywhere: boolean } {
  const mount = Object.hasOwn(mounts, path) ? mounts[path] : undefined;
  return typeof mount === "object" ? mount : { argument: mount, anywhere: false };
}

function variableDifferences(
  found: FoundContainer,
  { envs = [] }: WantedContainer,
  known: Record<string, Variable>,
): Difference[] {
  const [image, own, wanted] = [found.imageEnvironment, found.environment, envs].map(variables) as [Vars, Vars, Vars];
  const names = [...new Set([...wanted.keys(), ...own.keys()])];
  return names.flatMap((name): Difference[] => {
    const { argument, unset, optional, free } = known[name] ?? {};
    const has = own.get(name) ?? image.get(name) ?? unset;
    const shall = wanted.get(name) ?? image.get(name) ?? unset;
    if (has === shall) return [];
    const isSecret = [has, shall].some((value) => value !== undefined && carriesSecret(value)) || isSecretField(name);
    const shown = (value: string | undefined, secret: string): string =>
      value === undefined ? "nothing" : isSecret ? secret : JSON.stringify(value);
    const mayDiffer = argument === undefined || free === true || (optional === true && has === undefined);
    return [
      {
        what: name,
        found: shown(has, "[secret]"),
        wanted: shown(shall, "another [secret]"),
        ...(!mayDiffer && { fix: asItHasIt(argument) }),
      },
    ];
  });
}

type Vars = Map<string, string>;

const variables = (list: string[]): Vars =>
  new Map(
    list.map((variable) => {
      const equals = variable.indexOf("=");
      return [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
