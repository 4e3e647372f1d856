import { type Conflict, type KnownHost, namedTwice } from "../conflicts";
import type { OmsSettings } from "./schema";

/** Finds every conflict among arguments that passed their own rules. */
export function conflicts<H>({ regions }: OmsSettings<H>, { nameOf }: KnownHost<H>): Conflict[] {
  return regions.flatMap(({ nodes }, i) =>
    namedTwice(nodes.map(nameOf), ["regions", i, "nodes"], "each host can run one node"),
  );
}
