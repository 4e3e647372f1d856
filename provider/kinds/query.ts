import type { ZodRawShape } from "zod";
import type { Failure } from "../check";
import type { Properties } from "../wire";
import type { Context } from "./kind";

/** A question to a host: an invoke of the plugin. Changes nothing, and runs in preview too. */
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
