import type * as pulumi from "@pulumi/pulumi";

/** The value of an output, as the SDK itself asks for it. @throws what the output failed with; `apply` would say nothing */
export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise: () => Promise<T> }).promise();
