import type { ZodRawShape } from "zod";
import type { Failure } from "../check";
import type { Properties } from "../wire";
import type { Context } from "./kind";

/**
 * A function of the plugin, called by an invoke. Most are questions to a host, which change nothing and run in preview too; those
 * of container-claim.ts are for hooks.
 */
export interface Query<I extends Properties = Properties, O extends Properties = Properties> {
  token: string;
  /** One sentence for the schema. */
  description: string;
  inputs: ZodRawShape;
  outputs: ZodRawShape;
  /** Inputs whose values are never quoted. */
  quiet: readonly string[];
  /** Rules that concern several inputs. */
  rules?(inputs: Properties): Failure[];
  answer(inputs: I, context: Context): Promise<O>;
}
