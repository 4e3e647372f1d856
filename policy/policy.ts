import type {
  EnforcementLevel,
  PolicyConfigSchema,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
} from "@pulumi/policy";
import { hostOf, nameOf } from "./resource";

/** What is wrong with a resource; no secret is in it. */
export interface Finding {
  /** Where it was found, as in "privileged = true". */
  found: string;
  rule: string;
  fix: string;
  /** Host or hosts that it is about, where that is not the resource's. */
  host?: string;
}

/** What every policy is told besides what it looks for. */
export interface Facts {
  name: string;
  description: string;
  severity: Severity;
  /** How a finding is taken where the configuration does not say. */
  enforcementLevel: EnforcementLevel;
  /** What to do in general; each finding says it of its own case. */
  remediationSteps: string;
}

/** A setting of a policy's own. */
export interface Setting<T> {
  default: T;
  schema: PolicyConfigSchema["properties"][string];
}

type Settings<S> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

const EXEMPT: Setting<string[]> = {
  default: [],
  schema: {
    type: "array",
    items: { type: "string" },
    description:
      "Names of resources, of the components that they are children of, and of hosts, of which nothing is said.",
  },
};

/** The schema of a policy's configuration, with what every policy has. */
export const configSchema = (own: Record<string, Setting<unknown>>): PolicyConfigSchema => ({
  properties: Object.fromEntries(
    Object.entries({ ...own, exempt: EXEMPT }).map(([name, { schema, default: value }]) => [
      name,
      { ...schema, default: value },
    ]),
  ),
});

/** What the configuration says, with defaults filled in. */
export function settled<S extends Record<string, Setting<unknown>>>(
  own: S,
  given: object,
): Settings<S> & { exempt: string[] } {
  const defaults = Object.entries({ ...own, exempt: EXEMPT }).map(([name, one]) => [name, one.default]);
  return { ...Object.fromEntries(defaults), ...given } as Settings<S> & { exempt: string[] };
}

/** A number from which on something is right. */
export const least = (value: number, minimum: number, description: string): Setting<number> => ({
  default: value,
  schema: { type: "integer", minimum, description },
});

/**
 * A policy that looks at each resource as it is registered, before it is touched.
 * @param own settings beside `exempt`.
 */
export function resourcePolicy<S extends Record<string, Setting<unknown>>>(
  facts: Facts,
  own: S,
  look: (resource: ResourceValidationArgs, settings: Settings<S>) => Finding[],
): ResourceValidationPolicy {
  return {
    ...facts,
    configSchema: configSchema(own),
    validateResource: (resource, report) => {
      const settings = settled(own, resource.getConfig());
      const names = [resource.name, nameOf(resource.opts.parent ?? ""), hostOf(resource)];
      if (names.some((name) => settings.exempt.includes(name))) return;
      for (const finding of look(resource, settings)) report(told(resource, finding));
    },
  };
}

/** One line: resource, host, what was found, rule and fix. */
export function told(resource: ResourceValidationArgs, { found, rule, fix, host = hostOf(resource) }: Finding): string {
  const kind = resource.type.split(":").at(-1);
  return `${kind} ${resource.name}${host === "" ? "" : ` on ${host}`}: ${found}: ${rule}; fix: ${fix}`;
}
