import { z } from "zod";
import type { Context } from "../../../provider/kinds/kind";
import { parseAddress } from "../../../provider/kinds/host-facts";
import { lookAtContainers, lookAtHost } from "../../../provider/scripts/look";
import { HostError } from "../../../provider/ssh/host-error";
import type { Target } from "../../../provider/ssh/target";
import type { SeenContainer, SeenHost } from "./seen";

/** Limit for one look, in milliseconds: a host that hangs is no reason to wait for minutes. */
const limit = 30_000;

const FILE = /^(\d+|none) (.+)$/;

/** Looks at a host: its addresses, and the sizes of some files, undefined where there is none. */
export async function seeHost(host: Target, paths: string[], context: Context): Promise<SeenHost> {
  try {
    const step = { name: "look at the host", script: lookAtHost, values: {}, list: paths, limit };
    const answer = await context.remote(host).run(step);
    const files = answer.all("file").flatMap((line) => {
      const [, size, path = ""] = FILE.exec(line) ?? [];
      return size === undefined ? [] : [[path, size === "none" ? undefined : Number(size)] as const];
    });
    const addresses = answer.all("address").flatMap(parseAddress);
    return { state: "reached", addresses: addresses.map(({ address }) => address), files: new Map(files) };
  } catch (error) {
    if (error instanceof HostError) return { state: "unreachable", problem: error.problem };
    throw error;
  }
}

/**
 * Looks at containers of a host.
 * @returns by name; undefined of one that is gone.
 * @throws HostError where Docker does not answer.
 */
export async function seeContainers(
  host: Target,
  names: string[],
  context: Context,
): Promise<Map<string, SeenContainer | undefined>> {
  if (names.length === 0) return new Map();
  const step = { name: "look at containers", script: lookAtContainers, values: {}, list: names, limit };
  const answer = await context.remote(host).run(step);
  return new Map(answer.all("container").map(parseContainer));
}

const stateForm = z.looseObject({
  Status: z.string(),
  /** Where it has a health check, and not in all versions else. */
  Health: z.looseObject({ Status: z.string() }).nullish(),
});

/** A line of the script: name, ID, image, and the state as Docker's JSON. */
export function parseContainer(line: string): [name: string, seen: SeenContainer | undefined] {
  const [name = "", id = "", image = "", ...rest] = line.split(" ");
  if (id === "") return [name, undefined];
  const { Status: state, Health: health } = stateForm.parse(JSON.parse(rest.join(" ")));
  return [name, { id, state, image, health: health?.Status ?? "" }];
}
