import { existsSync, readFileSync } from "node:fs";

/** From begin to end, in seconds after the begin of the whole run. */
export interface Stretch {
  from: number;
  to: number;
}

/** What the trace of a real CLI (`--otel-traces file://…`) says of one run. */
export interface EngineTrace {
  /** Plugins by the role of their processes, each from the call that starts it to its first answer. */
  starts: { role: string; stretch: Stretch }[];
  /** The program's run: with `--refresh` all that is before is the look at what is there. */
  program: Stretch | undefined;
  /** Calls of providers by method, all together. */
  calls: Record<string, { count: number; seconds: number }>;
}

interface Span {
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: { key: string; value: { stringValue?: string } }[];
}

interface TraceLine {
  resourceSpans: { resource: { attributes: Span["attributes"] }; scopeSpans: { spans: Span[] }[] }[];
}

/** In OTLP's numbers, a call as the caller sees it. */
const CLIENT = 3;
const PROVIDER_CALL = "pulumirpc.ResourceProvider/";

/** @param text one JSON object a line, as OTLP has them. */
export function parseTrace(text: string): EngineTrace {
  const spans = text
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => (JSON.parse(line) as TraceLine).resourceSpans)
    .filter(({ resource }) => attribute(resource, "service.name") === "pulumi-cli")
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const whole = spans.find(({ name }) => name === "pulumi");
  const begin = BigInt(whole?.startTimeUnixNano ?? 0);
  const after = (time: string): number => Number(BigInt(time) - begin) / 1e9;
  const stretch = (span: Span): Stretch => ({ from: after(span.startTimeUnixNano), to: after(span.endTimeUnixNano) });
  const calls: EngineTrace["calls"] = {};
  for (const span of spans.filter(({ name, kind }) => kind === CLIENT && name.startsWith(PROVIDER_CALL))) {
    const sum = (calls[span.name.slice(PROVIDER_CALL.length)] ??= { count: 0, seconds: 0 });
    sum.count += 1;
    sum.seconds += Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e9;
  }
  const program = spans.find(({ name }) => name === "run-program");
  return {
    starts: spans
      .filter(({ name }) => name === "newPlugin")
      .map((span) => ({ role: roleOfPrefix(attribute(span, "prefix") ?? ""), stretch: stretch(span) }))
      .sort((a, b) => a.stretch.from - b.stretch.from),
    program: program && stretch(program),
    calls,
  };
}

/** What a run wrote; of the fallback engine, which writes none, an empty one. */
export const readTrace = (file: string): EngineTrace => parseTrace(existsSync(file) ? readFileSync(file, "utf8") : "");

const attribute = ({ attributes }: Pick<Span, "attributes">, key: string): string | undefined =>
  attributes?.find((one) => one.key === key)?.value.stringValue;

/** "docker (resource)", as the CLI calls a plugin in its trace. */
function roleOfPrefix(prefix: string): string {
  const name = /^(\S+) \(resource\)$/.exec(prefix)?.[1];
  if (name === undefined) return "language host";
  return name === "dbha" ? "dbha plugin" : `${name} provider`;
}
