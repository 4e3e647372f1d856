import { parseUrn } from "../report/urn";
import { type Exported, resourcesOf, unfinished } from "./state";

const namesOf = (resources: { urn: string }[]): string => resources.map(({ urn }) => parseUrn(urn).name).join(", ");

/**
 * What keeps a stack from being destroyed, all at once, each with what to do.
 * @param mark what its setting `throwAway` says; empty where it is not set.
 * @param silent names of hosts that do not answer, and nobody has named.
 * @param hosts how many there are.
 */
export function obstaclesOf(state: Exported, stack: string, mark: string, silent: string[], hosts: number): string[] {
  const found: string[] = [];
  if (mark !== "true")
    found.push(
      `throwAway = ${mark === "" ? "(not set)" : JSON.stringify(mark)}: only stacks that are named as such are destroyed by this command; fix: pulumi config set throwAway true --stack ${stack}, if nobody needs it`,
    );
  const kept = resourcesOf(state).filter(({ protect }) => protect === true);
  if (kept.length > 0)
    found.push(
      `protected: ${namesOf(kept)}; Pulumi removes no such resource; fix: pulumi state unprotect --all --stack ${stack}, or take protect out of the program and run pulumi up`,
    );
  const pending = unfinished(state);
  if (pending.length > 0)
    found.push(
      `a run was killed while it made ${namesOf(pending)}: what is there of it would stay on the hosts; fix: pulumi up --stack ${stack}, which takes it over, or pulumi refresh --clear-pending-creates --stack ${stack}, which forgets it`,
    );
  if (silent.length > 0 && silent.length === hosts)
    found.push(
      `none of the hosts answers (${silent.join(", ")}): that may be the line from this machine; fix: mend it, or name those that are gone for good: ${silent.map((name) => `--lost ${name}`).join(" ")}`,
    );
  return found;
}
