import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../host";
import { isSecretField } from "../secret-fields";
import type { PlainArgs } from "./compare";

/** A text that is longer is noted by its hash: it stands in the resources that are made of it. */
const LONGEST = 200;

/** Arguments as a component's inputs: hosts by name, secrets as such, without what is a resource, or tells one. */
export function noted(value: unknown, name = ""): unknown {
  if (isSecretField(name)) return value === undefined ? undefined : pulumi.secret(value);
  if (value instanceof Host) return value.hostName;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return pulumi.output(value).apply(shortened);
  if (pulumi.Resource.isInstance(value) || typeof value === "function") return undefined;
  if (Array.isArray(value)) return value.map((one) => noted(one)).filter((one) => one !== undefined);
  if (typeof value !== "object" || value === null) return shortened(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, noted(inner, key)]));
}

const shortened = (value: unknown): unknown =>
  typeof value === "string" && value.length > LONGEST
    ? `sha256 ${createHash("sha256").update(value).digest("hex")}`
    : value;

/**
 * What the engine tells of a component's inputs, as plain values.
 * @param former what stands for those that are not known yet, in a preview.
 */
export async function plain(inputs: Record<string, unknown>, former: PlainArgs = {}): Promise<PlainArgs> {
  const values = Object.entries(inputs).map(async ([name, input]) => {
    const value = pulumi.Output.isInstance(input) ? await resolved(input) : input;
    return [name, pulumi.containsUnknowns(value) ? former[name] : value];
  });
  return Object.fromEntries(await Promise.all(values)) as PlainArgs;
}

/** An output's value; the SDK calls nobody back for one that is unknown. */
async function resolved(output: pulumi.Output<unknown>): Promise<unknown> {
  const { isKnown } = output as unknown as { isKnown: Promise<boolean> };
  return (await isKnown) ? new Promise((resolve) => output.apply(resolve)) : pulumi.unknown;
}
