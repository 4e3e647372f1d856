import { loadImages, makeBare } from "./hosts";
import { measure, type Command } from "./measure";
import type { Sample, Session } from "./session";
import type { BenchStack } from "./stack";
import type { Tool } from "./tool";
import { inspectJob, leftovers, type Found } from "./verify";

/** What is measured of a tool, in this order. */
export const STEPS = ["cold", "no-op", "one file", "destroy", "cold, images there"] as const;
export type Step = (typeof STEPS)[number];

/** One value a round. */
export type Samples = Partial<Record<Step, Sample[]>>;

/** Samples by tool. */
export type PeerFigures = Record<string, Samples>;

/** Names under which what dbha cannot be without stands among the tools. */
export const EMPTY_STACK = "empty stack";
export const DOCKER_ALONE = "Docker's provider";

/** The least that a stack takes on this engine. */
export interface Floors {
  emptyStack: BenchStack;
  /** The job's containers by Docker's provider alone. */
  dockerStack: BenchStack;
}

/**
 * Lets every tool do the job in every round, each round beginning with another one, so that nobody has the quiet minutes to
 * himself. What a tool claims to have done is looked at after every step.
 */
export async function comparePeers(
  session: Session,
  tools: readonly Tool[],
  floors: Floors | undefined,
  rounds: number,
  label: string,
): Promise<PeerFigures> {
  const figures: PeerFigures = {};
  const add = (tool: string, step: Step, sample: Sample): void => {
    ((figures[tool] ??= {})[step] ??= []).push(sample);
  };
  for (let round = 0; round < rounds; round++) {
    const title = (tool: string): string => `${label}, round ${round + 1} of ${rounds}, ${tool}`;
    const turn = round % Math.max(tools.length, 1);
    for (const tool of [...tools.slice(turn), ...tools.slice(0, turn)])
      await playRound(session, tool, title(tool.name), (step, sample) => add(tool.name, step, sample));
    if (floors === undefined) continue;
    for (const [name, step, command] of await floorCommands(session, floors))
      add(name, step, await session.sample(`${title(name)}: ${step}`, command));
  }
  return figures;
}

/** The images that the containers of the last tool need are on the hosts. */
async function floorCommands(session: Session, { emptyStack, dockerStack }: Floors): Promise<FloorCommand[]> {
  await measure(dockerStack.begin(), session.signal);
  return [
    [EMPTY_STACK, "cold", emptyStack.up()],
    [EMPTY_STACK, "no-op", emptyStack.up()],
    [DOCKER_ALONE, "cold, images there", dockerStack.up()],
    [DOCKER_ALONE, "no-op", dockerStack.up()],
    [DOCKER_ALONE, "destroy", dockerStack.destroy()],
  ];
}

type FloorCommand = [name: string, step: Step, command: Command];

async function playRound(
  session: Session,
  tool: Tool,
  title: string,
  add: (step: Step, sample: Sample) => void,
): Promise<void> {
  const play = async (step: Step, command: ReturnType<Tool["deploy"]>): Promise<void> =>
    add(step, await session.sample(`${title}: ${step}`, command));
  const first = session.job();
  await makeBare(session.lab, first);
  await tool.forget(session.signal);

  await play("cold", tool.deploy(first));
  const { containers } = await done(session, `${title}: cold`);
  await play("no-op", tool.deploy(first));
  await done(session, `${title}: no-op`, containers);

  const changed = session.job("changed");
  await play("one file", tool.deploy(changed));
  await done(session, `${title}: one file`, containers, changed);
  await play("destroy", tool.destroy(changed));
  const left = await leftovers(session.lab, changed);
  if (left.length > 0) throw new Error(`${title}: destroy left behind:\n${left.join("\n")}`);

  await makeBare(session.lab, session.job());
  await tool.forget(session.signal);
  await loadImages(session.lab, first);
  await play("cold, images there", tool.deploy(first));
  await done(session, `${title}: cold, images there`);
}

/**
 * Looks whether the job is done.
 * @param containers those that may not have been replaced or restarted.
 * @throws Error that names every difference: a figure of work that was not done is worth nothing.
 */
async function done(session: Session, title: string, containers?: string[], job = session.job()): Promise<Found> {
  const found = await inspectJob(session.lab, job);
  const restarted = containers?.filter((container) => !found.containers.includes(container)) ?? [];
  const faults = [...found.faults, ...restarted.map((container) => `replaced or restarted: ${container}`)];
  if (faults.length > 0) throw new Error(`${title}: the job is not done:\n${faults.join("\n")}`);
  return found;
}
