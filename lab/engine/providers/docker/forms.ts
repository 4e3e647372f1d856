import { isObject, type Value, type Values } from "../../provider";
import { durationText, nanoseconds } from "./duration";

/** How Docker writes what a property says, and back. What Docker leaves out is not read. */
export interface Form {
  write(value: Value): Value;
  read(found: Value): Value;
}

const MIB = 1024 * 1024;

/** Sizes are in MiB; negative ones mean "no limit". */
export const mebibytes: Form = {
  write: (value) => ((value as number) > 0 ? (value as number) * MIB : value),
  read: (found) => ((found as number) > 0 ? Math.floor((found as number) / MIB) : found),
};

export const duration: Form = {
  write: (value) => nanoseconds(value as string),
  read: (found) => durationText(found as number),
};

export const labels: Form = {
  write: (value) => Object.fromEntries(objects(value).map(({ label, value: said }) => [label, said])) as Values,
  read: (found) => Object.entries(found as Values).map(([label, value]) => ({ label, value })),
};

/** The real provider reads an address up to its first colon, an IPv6 one too. */
export const hosts: Form = {
  write: (value) => objects(value).map(({ host, ip }) => `${host as string}:${ip as string}`),
  read: (found) =>
    (found as string[]).map((entry) => {
      const [host = "", ip = ""] = entry.split(":");
      return { host, ip };
    }),
};

export const ulimits: Form = {
  write: (value) => objects(value).map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }) as Values),
  read: (found) => objects(found).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard }) as Values),
};

export const mountEntries: Form = {
  write: (value) =>
    objects(value).map(({ type, source, target, readOnly, tmpfsOptions }) => {
      const tmpfs = isObject(tmpfsOptions) && type === "tmpfs" ? tmpfsOptions : undefined;
      return withoutMissing({
        Type: type,
        Source: source,
        Target: target,
        ReadOnly: readOnly,
        TmpfsOptions: tmpfs && withoutMissing({ SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode }),
      });
    }),
  read: (found) =>
    objects(found).map(({ Type, Source, Target, ReadOnly, TmpfsOptions: tmpfs }) => ({
      type: Type ?? "",
      source: Source ?? "",
      target: Target ?? "",
      readOnly: ReadOnly ?? false,
      tmpfsOptions: isObject(tmpfs) ? { mode: tmpfs.Mode ?? 0, sizeBytes: tmpfs.SizeBytes ?? 0 } : null,
      bindOptions: null,
      volumeOptions: null,
    })),
};

/** Published ports by port and protocol inside, each with where it is outside. */
export const ports: Form = {
  write: (value) => {
    const bindings: Record<string, Value[]> = {};
    for (const { internal, external, ip, protocol } of objects(value))
      (bindings[`${internal as number}/${protocol as string}`] ??= []).push({
        HostIp: ip ?? "",
        HostPort: typeof external === "number" ? `${external}` : "",
      });
    return bindings;
  },
  read: (found) =>
    Object.entries(found as Record<string, Values[]>).flatMap(([key, bindings]) => {
      const [internal, protocol = "tcp"] = key.split("/");
      return bindings.map(({ HostIp, HostPort }) => ({
        internal: Number(internal),
        external: Number(HostPort),
        ip: HostIp ?? "",
        protocol,
      }));
    }),
};

/** Those from somewhere, as Docker's `Binds`. Never read. */
export const volumes: Form = {
  write: (value) =>
    objects(value).flatMap(({ hostPath, volumeName, containerPath, readOnly }) => {
      const source = (hostPath || volumeName || "") as string;
      return source === "" ? [] : [`${source}:${containerPath as string}:${readOnly ? "ro" : "rw"}`];
    }),
  read: (found) => found,
};

function objects(value: Value): Values[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function withoutMissing(values: Record<string, Value | undefined>): Values {
  const entries = Object.entries(values).flatMap(([name, value]): [string, Value][] =>
    value === undefined || value === null ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}
