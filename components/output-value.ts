import type * as pulumi from "@pulumi/pulumi";

/** The value of an output, as the SDK itself asks for it. @throws what the output failed with; `apply` would say nothing */
export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise: () => Promise<T> }).promise();

/** The same; undefined where it is not known yet, for which the SDK calls nobody back. */
export async function settled<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const value = await valueOf(output);
  return (await (output as unknown as { isKnown: Promise<boolean> }).isKnown) ? value : undefined;
}
