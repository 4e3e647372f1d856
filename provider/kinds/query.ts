import type { ZodRawShape } from "zod";
import type { Properties } from "../wire";
import type { Context } from "./kind";

/** A question to a host: an invoke of the plugin. Changes nothing, and runs in preview too. */
export interface Query<I extends Properties = Properties, O extends Properties = Properties> {
  token: string;
  /** One sentence for the schema. */
  description: string;
  inputs: ZodRawShape;
  outputs: ZodRawShape;
  answer(inputs: I, context: Context): Promise<O>;
}
