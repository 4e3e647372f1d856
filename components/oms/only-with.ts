import type * as pulumi from "@pulumi/pulumi";
import { settled } from "../output-value";

/**
 * Steps that are there only where something went wrong, so that a deployment that is well has none of them. There are none in a
 * preview either, which does not know of a problem yet; those of a run that failed leave the state with the next one that does not.
 * @param problem what went wrong; nothing where nothing did.
 */
export const onlyWith = async (
  problem: pulumi.Output<string>,
  steps: () => pulumi.Resource[],
): Promise<pulumi.Resource[]> => ((await settled(problem)) ? steps() : []);
