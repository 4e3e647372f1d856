/** A resource's URN in its parts. */
export interface Urn {
  stack: string;
  project: string;
  /** The types of its ancestors, the outermost first, and its own. */
  types: string[];
  name: string;
}

/** Takes `urn:pulumi:STACK::PROJECT::TYPE$TYPE::NAME` apart; a name may hold `::`. */
export function parseUrn(urn: string): Urn {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, types: types.split("$"), name: name.join("::") };
}

/** The resource's own type. */
export const typeOf = (urn: Urn): string => urn.types.at(-1) ?? "";

const STACK = "pulumi:pulumi:Stack";

/** Whether it is the stack itself. */
export const isStack = (urn: string): boolean => typeOf(parseUrn(urn)) === STACK;
