import { createRequire } from "node:module";
import type { AnalyzeRequest, AnalyzerProviderResource, AnalyzerResource } from "@pulumi/pulumi/proto/analyzer_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SECRET_SIGNATURE, SIGNATURE, UNKNOWNS } from "../provider/resources/protocol-marks";

/** The property that tells which others are secrets, each as a list of keys. The engine sends none of that name. */
export const SECRETS = "__secrets";

type Properties = Parameters<typeof Struct.fromJavaScript>[0];

interface Service {
  analyze: { requestDeserialize: (bytes: Buffer) => AnalyzeRequest };
  analyzeStack: { requestDeserialize: (bytes: Buffer) => { getResourcesList(): AnalyzerResource[] } };
}

/**
 * Has requests judged as policies need them. `@pulumi/policy` takes off the envelopes of secrets, so that nobody could tell a plain
 * password from one that is kept encrypted, and gives up a policy at the first value that is not known yet.
 */
export function prepareRequests(): void {
  // the stubs of @pulumi/policy, which may have an SDK of its own
  const own = createRequire(require.resolve("@pulumi/policy"));
  const { analyze, analyzeStack } = (own("@pulumi/pulumi/proto/analyzer_grpc_pb") as { AnalyzerService: Service })
    .AnalyzerService;
  const { requestDeserialize: one } = analyze;
  analyze.requestDeserialize = (bytes) => prepared(one(bytes));
  const { requestDeserialize: all } = analyzeStack;
  analyzeStack.requestDeserialize = (bytes) => {
    const request = all(bytes);
    request.getResourcesList().forEach(prepared);
    return request;
  };
}

function prepared<T extends AnalyzeRequest | AnalyzerResource>(resource: T): T {
  prepareStruct(resource);
  const provider = resource.getProvider();
  if (provider) prepareStruct(provider);
  return resource;
}

function prepareStruct(resource: AnalyzeRequest | AnalyzerResource | AnalyzerProviderResource): void {
  const struct = resource.getProperties();
  if (struct === undefined) return;
  const own = struct.constructor as typeof Struct;
  resource.setProperties(own.fromJavaScript(judgeable(struct.toJavaScript()) as Properties));
}

/** The properties without what is not known yet, secrets without their envelopes, and which those are. */
export function judgeable(properties: Record<string, unknown>): Record<string, unknown> {
  const secrets: string[][] = [];
  const plain = opened(properties, [], secrets) as Record<string, unknown>;
  return { ...plain, [SECRETS]: secrets };
}

function opened(value: unknown, path: string[], secrets: string[][]): unknown {
  if (typeof value === "string") return UNKNOWNS.has(value) ? undefined : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one, i) => opened(one, [...path, String(i)], secrets) ?? null);
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE) {
    secrets.push(path);
    return opened((value as { value?: unknown }).value, path, secrets);
  }
  const entries = Object.entries(value).map(([key, one]) => [key, opened(one, [...path, key], secrets)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}
