import type { ResourceValidationArgs } from "@pulumi/policy";
import type { HostData } from "../provider/resources";
import { SECRETS } from "./wire";

/** Types of resources that several policies look at. */
export const CONTAINER = "docker:index/container:Container";
export const COMMAND = "command:remote:Command";

/** Properties that may be missing, as whoever registers a resource may say anything, and some values are not known yet. */
export type Loose<T> = T extends (infer E)[]
  ? (Loose<E> | null)[]
  : T extends object
    ? { [K in keyof T]?: Loose<T[K]> }
    : T;

/** The name at the end of a URN. */
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** The types of a resource's parents and its own, as its URN has them. */
export const typesOf = (urn: string): string[] => (urn.split("::")[2] ?? "").split("$");

/** Whether a container is OMS's InfluxDB, and no node: those are called by OMS's version. */
export const isInfluxDb = (name: string): boolean => name.includes("-influxdb-");

/** Whether a resource is one of the plugin's or of the library's components. */
export const isOurs = (type: string): boolean => type.startsWith("dbha:index:");

/** The host that a resource is on, by its name, or by its address where it has no name; empty where it is on none. */
export function hostOf({ type, props, provider }: Pick<ResourceValidationArgs, "type" | "props" | "provider">): string {
  const { host, connection } = props as { host?: Loose<HostData> | string; connection?: Loose<{ host: string }> };
  if (isOurs(type)) return typeof host === "object" ? (host.name ?? "") : "";
  if (type === COMMAND) return connection?.host ?? "";
  if (type === "pulumi:providers:docker") return addressIn(host);
  if (!type.startsWith("docker:") || provider === undefined) return "";
  // the library calls a host's provider after it
  const [, name] = /^(.*)-docker$/.exec(provider.name) ?? [];
  return name ?? addressIn((provider.props as { host?: unknown }).host);
}

const addressIn = (url: unknown): string =>
  typeof url === "string" ? url.replace(/^\w+:\/\/([^@/]*@)?/, "").replace(/:\d+$/, "") : "";

/** Whether a property is kept encrypted, by itself or as a part of one that is. */
export const isSecret = (props: Record<string, unknown>, ...path: (string | number)[]): boolean =>
  ((props[SECRETS] as string[][] | undefined) ?? []).some((secret) =>
    secret.every((key, i) => key === String(path[i])),
  );
