import type { Properties } from "../../../lab/engine/property";
import { resourceState } from "../../../lab/engine/state/resource";
import type { ResourceState } from "../../../lab/engine/state/resource";
import { makeUrn } from "../../../lab/engine/urn";

export const urnOf = (name: string, type = "fake:index:Thing"): string => makeUrn("stack", "project", "", type, name);

/** A resource in state with everything at its default but what is given. */
export function stateOf(name: string, given: Partial<ResourceState> & { inputs?: Properties } = {}): ResourceState {
  const type = given.type ?? "fake:index:Thing";
  return resourceState({
    type,
    urn: urnOf(name, type),
    custom: true,
    id: `${name}-id`,
    provider: `${urnOf("default", "pulumi:providers:fake")}::1`,
    created: "2026-01-01T00:00:00.000Z",
    modified: "2026-01-01T00:00:00.000Z",
    ...given,
  });
}
