import { isObject, isUnknown, type Value, type Values } from "../../provider";
import { containerSchema, type ContainerProperty, type ContainerSchema } from "./container-schema";
import { isZero } from "./plan";

/** The request body that makes a container as planned; what is unknown or says nothing is left to Docker. */
export function creationBody(planned: Values): Values {
  const body: Values = { HostConfig: {} };
  write(containerSchema, planned, body);
  const places = (planned.volumes as Values[]).map(({ containerPath }): [string, Value] => [
    containerPath as string,
    {},
  ]);
  if (places.length > 0) body.Volumes = Object.fromEntries(places);
  const { PortBindings } = body.HostConfig as Values;
  if (isObject(PortBindings)) body.ExposedPorts = Object.fromEntries(Object.keys(PortBindings).map((key) => [key, {}]));
  return body;
}

function write(schema: ContainerSchema, values: Values, body: Values): void {
  for (const [name, property] of Object.entries(schema)) {
    const value = values[name] ?? null;
    if (property.outputOnly || property.refused || isUnknown(value) || isZero(value)) continue;
    if (property.at !== undefined) put(body, property.at.split("."), property.form?.write(value) ?? value);
    else if (property.fields && isObject(value)) write(property.fields, value, body);
  }
}

function put(body: Values, [name = "", ...rest]: string[], value: Value): void {
  if (rest.length === 0) body[name] = value;
  else put((body[name] ??= {}) as Values, rest, value);
}

/**
 * What Docker says of a container, as the outputs of the resource. Properties that the real provider does not read
 * back (environment, labels, volumes, CPU quota and others) are missing.
 * @param inspection the daemon's answer, in JSON
 * @param state outputs so far; some properties are read only where they were set
 */
export function readOutputs(inspection: Values, state: Values): Values {
  const { Id, Name, Platform, Image, State, NetworkSettings } = inspection;
  const { Running, ExitCode } = State as Values;
  const outputs: Values = {
    ...read(containerSchema, inspection, state),
    id: Id ?? "",
    name: (Name as string).replace(/^\/+/, ""),
    networkDatas: Object.entries((NetworkSettings as Values).Networks as Record<string, Values>).map(networkData),
    platform: Platform ?? "",
  };
  if (typeof state.image === "string" && state.image.startsWith("sha256:")) outputs.image = Image ?? "";
  // a stopped container shows as a change of mustRun, and the update then starts it
  return Running === true ? outputs : { ...outputs, exitCode: ExitCode ?? 0, mustRun: false };
}

function read(schema: ContainerSchema, inspection: Values, state: Values): Values {
  const outputs: Values = {};
  for (const [name, property] of Object.entries(schema)) {
    const skipped = property.read === "never" || (property.read === "set" && isZero(state[name] ?? null));
    if (skipped) {
      // of the log's options the real provider notes that there are none
      if (property.type === "map") outputs[name] = {};
    } else if (property.at !== undefined) {
      outputs[name] = readOne(property, found(inspection, property.at));
    } else if (property.fields && Object.values(property.fields).some(({ at }) => at && found(inspection, at))) {
      outputs[name] = read(property.fields, inspection, {});
    }
  }
  return outputs;
}

function found(inspection: Values, path: string): Value {
  const whole = /^(HostConfig|NetworkSettings)\./.test(path) ? inspection : (inspection.Config as Values);
  return path.split(".").reduce<Value>((value, name) => (isObject(value) ? (value[name] ?? null) : null), whole);
}

const NOTHING: Record<ContainerProperty["type"], Value> = {
  ...{ string: "", boolean: false, integer: 0, list: [], set: [], map: {}, object: {} },
};

function readOne({ type, form }: ContainerProperty, value: Value): Value {
  if (value === null) return form && type === "string" ? form.read(0) : NOTHING[type];
  return form ? form.read(value) : value;
}

function networkData([networkName, network]: [string, Values]): Value {
  return {
    gateway: network.Gateway ?? "",
    globalIpv6Address: network.GlobalIPv6Address ?? "",
    globalIpv6PrefixLength: network.GlobalIPv6PrefixLen ?? 0,
    ipAddress: network.IPAddress ?? "",
    ipPrefixLength: network.IPPrefixLen ?? 0,
    ipv6Gateway: network.IPv6Gateway ?? "",
    macAddress: network.MacAddress ?? "",
    networkName,
  };
}
