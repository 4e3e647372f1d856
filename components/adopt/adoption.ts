import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { getContainer, type FoundContainer } from "../../provider/resources";
import type { Host } from "../host";
import { settled } from "../output-value";
import { refusal } from "../validation";
import { describe, differences, type Difference, type Told, type WantedContainer } from "./differences";

/** How a deployment takes over a container that was made by hand. */
export interface Adoption {
  /** Whether it does; else such a container is refused. */
  adopt: boolean | undefined;
  /** Which arguments tell its settings. */
  told: Told;
  /** What it serves beyond its settings, like a configuration: another one replaces a container that was made by hand. */
  serves?: pulumi.Input<unknown>;
  /** A text that it has in a file, as it sees that. */
  file?: { path: string; wanted: pulumi.Input<string>; compare: (found: string, wanted: string) => Difference[] };
  /** In what else it is not what the arguments say, beyond how it was made. */
  also?: (found: FoundContainer) => Promise<Difference[]>;
  /** What is taken over, where that had to be known before anything is changed. */
  found?: Promise<FoundContainer | undefined>;
}

/**
 * The container that is there and not the stack's yet; undefined where there is none, or the stack has it.
 * @throws pulumi.ResourceError that lists all in which it does not do what the arguments say, before anything is touched
 */
export async function foundByHand(
  host: Host,
  wanted: docker.ContainerArgs & { name: string },
  { told, file, also }: Adoption,
  parent: pulumi.Resource,
): Promise<FoundContainer | undefined> {
  const { name } = wanted;
  const asked = getContainer({ host: host.data, name, ...(file && { file: file.path }) }, { parent });
  const [facts, found] = await Promise.all([host.facts, host.answered(asked)]);
  const isKnown = facts.adopted.some(({ container, id }) => container === name && id === found?.id);
  if (found === undefined || isKnown) return undefined;
  const [{ known, unknown }, text, others] = await Promise.all([
    settingsOf(wanted),
    file && settled(pulumi.output(file.wanted)),
    found.running ? also?.(found) : undefined,
  ]);
  const all = [
    ...notRunning(found, name),
    ...differences(found, known, told, unknown),
    ...(file === undefined || text === undefined ? [] : fileDifferences(file.compare, file.path, found, text)),
    ...(others ?? []),
  ];
  const wrong = all.filter(({ fix }) => fix !== undefined);
  const headline = `container ${name} on host ${host.hostName}`;
  if (wrong.length > 0) throw refusal(`${headline} cannot be taken over`, wrong.map(describe), parent);
  const stays = all.map((one) => `\n  - ${describe(one)}`).join("");
  const until = stays === "" ? "" : "; until it is replaced, this stays as it is:";
  void pulumi.log.info(`${headline} is taken over as it runs${until}${stays}`, parent);
  return found;
}

/** What is known of the settings, and the names of those that are not. */
async function settingsOf(wanted: docker.ContainerArgs): Promise<{ known: WantedContainer; unknown: string[] }> {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const values = await Promise.all(given.map(([, value]) => settled(pulumi.output<unknown>(value))));
  const entries = given.map(([name], i) => [name, values[i]] as const);
  const [unknown, known] = [true, false].map((missing) => entries.filter(([, one]) => (one === undefined) === missing));
  return {
    known: Object.fromEntries(known ?? []) as unknown as WantedContainer,
    unknown: (unknown ?? []).map(([name]) => name),
  };
}

const notRunning = ({ running }: FoundContainer, name: string): Difference[] =>
  running ? [] : [{ what: "state", found: "stopped", wanted: "that it runs", fix: `docker start ${name} there` }];

function fileDifferences(
  compare: NonNullable<Adoption["file"]>["compare"],
  path: string,
  { file }: FoundContainer,
  wanted: string,
): Difference[] {
  if (file !== undefined) return compare(file, wanted);
  const fix = `see that docker exec shows ${path} in it`;
  return [{ what: path, found: "nothing that can be read", wanted: "a text", fix }];
}
