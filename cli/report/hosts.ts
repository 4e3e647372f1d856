import type { State, Step } from "./preview";
import { valueAt } from "./property-path";
import { parseUrn, typeOf, type Urn } from "./urn";

type Placed = Pick<Step, "urn" | "provider" | "oldState" | "newState">;

/** The hosts of a resource that dbha's own kinds have as inputs: of a cluster all, else the one. */
function ofInputs(state: State | null | undefined): string[] {
  const cluster = valueAt(state?.inputs, ["hosts"]);
  const several = Array.isArray(cluster) ? cluster.map((one: unknown) => valueAt(one, ["host", "name"])) : [];
  const names = several.length > 0 ? several : [valueAt(state?.inputs, ["host", "name"])];
  return names.filter((name) => typeof name === "string");
}

/** A container's host is that of its docker provider, `HOST-docker` below a Host. */
function ofProvider(provider = ""): string[] {
  const { types, name } = parseUrn(provider);
  if (!types.includes("dbha:index:Host")) return [];
  return [name.replace(/-docker::[^:]*$/, "")];
}

const told = ({ provider, oldState, newState }: Placed): string[] => {
  const names = ofInputs(newState ?? oldState);
  return names.length > 0 ? names : ofProvider(provider);
};

/** The hosts that a preview names anywhere. */
export const hostsIn = (steps: Step[]): string[] => [
  ...new Set(
    steps.flatMap((step) => {
      const urn = parseUrn(step.urn);
      const outputs = (step.newState ?? step.oldState)?.outputs;
      if (typeOf(urn) === "dbha:index:Host") return [urn.name];
      return typeOf(urn) === "pulumi:pulumi:Stack" ? ofOutputs(outputs) : told(step);
    }),
  ),
];

/** The hosts that a stack's outputs name, as all components' nodes do. */
function ofOutputs(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "host" && typeof inner === "string" ? [inner] : ofOutputs(inner),
  );
}

/** Where a resource is: by its inputs, its provider, or the end of its name, `${name}-role-host`. */
export function hostsOf(step: Placed, urn: Urn, all: string[]): string[] {
  const names = told(step);
  if (names.length > 0) return names;
  if (typeOf(urn) === "pulumi:providers:docker") return [urn.name.replace(/-docker$/, "")];
  const ends = all.filter((host) => urn.name.endsWith(`-${host}`));
  return ends.sort((one, other) => other.length - one.length).slice(0, 1);
}
