import { setTimeout as pause } from "node:timers/promises";
import { observeCommand } from "../probing/command";
import { observeHttp } from "../probing/http";
import { Observation, unhealthy } from "../probing/observation";
import { observeTcp } from "../probing/tcp";
import { Watch } from "../probing/watch";
import { HostError } from "../ssh/host-error";
import type { Remote } from "../ssh/remote";
import type { Context } from "./kind";
import { describeProbe, ProbeInputs, Question, Repair, Target } from "./probe-definition";

/** Limits of one attempt in milliseconds: an answer that takes longer is none; a command may have more to do. */
const attemptLimit = 10_000;
const commandLimit = 60_000;

/** The shortest pause between two attempts in milliseconds. */
const shortestPause = 100;

/** A pause as a part of the waiting so far, up to the interval: what has just become healthy is seen within a tenth more. */
const pausePart = 0.1;

const nothingYet = unhealthy("nothing yet");

/** Looks once. @throws HostError when the host cannot be reached */
export function observeOnce(question: Question, context: Context): Promise<Observation> {
  return observe(question, context, question.command === undefined ? attemptLimit : commandLimit);
}

/**
 * Asks the question and, while the answers are the expected ones, its further ones.
 * @param limit for each answer, in milliseconds
 */
async function observe(inputs: Question, context: Context, limit: number): Promise<Observation> {
  const remote = context.remote(inputs.host);
  let seen = await observeOne(inputs, remote, limit);
  for (const further of inputs.also ?? []) {
    if (!seen.healthy) break;
    const { healthy, detail, values } = await observeOne(further, remote, limit);
    seen = healthy
      ? { ...seen, values: { ...seen.values, ...values } }
      : unhealthy(`${seen.detail}, but of ${describeProbe(further)}: ${detail}`);
  }
  return seen;
}

function observeOne({ http, tcp, command, extract }: Target, remote: Remote, limit: number): Promise<Observation> {
  if (http !== undefined) {
    return observeHttp(remote, http, extract, limit);
  }
  if (tcp !== undefined) {
    return observeTcp(remote, tcp, limit);
  }
  return observeCommand(remote, command ?? "", extract, limit);
}

/**
 * Looks, soon at first and then at every interval, until what is seen is healthy, the time is over, waiting is found to be no
 * use, or Pulumi is told to stop.
 */
export async function untilHealthy(inputs: ProbeInputs, context: Context): Promise<Observation> {
  const { cancelled } = context;
  const what = describeProbe(inputs);
  const remote = context.remote(inputs.host);
  const started = Date.now();
  const end = started + inputs.timeout * 1000;
  const watch = new Watch(inputs.watched, remote, inputs.timeout * 1000);
  const stopped = new Promise<undefined>((resolve) => {
    cancelled.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  let seen = nothingYet;
  let repair = inputs.repair;
  let told = { detail: "", at: 0 };
  for (;;) {
    // A command that hangs is let go of at once; nothing is lost by it.
    seen = (await Promise.race([attempt(inputs, context, end, seen), stopped])) ?? seen;
    if (seen.healthy) {
      return seen;
    }
    const hopeless = await Promise.race([watch.look(repair !== undefined), stopped]);
    const now = Date.now();
    if (!cancelled.aborted && (now >= end || hopeless !== undefined)) {
      const reason = hopeless === undefined ? "" : `; ${hopeless}`;
      const problem = `not healthy after ${Math.round((now - started) / 1000)} s, last seen: ${seen.detail}${reason}`;
      throw remote.problem(`probe ${what}`, problem, await watch.advice(hopeless !== undefined));
    }
    if (repair !== undefined && now >= started + repair.after * 1000) {
      context.status(`repairing what ${what} looks at`);
      repair = (await Promise.race([isDone(repair, inputs, context), stopped])) === false ? repair : undefined;
      watch.repaired();
    }
    const interval = inputs.interval * 1000;
    if (seen.detail !== told.detail || now >= told.at + interval) {
      told = { detail: seen.detail, at: now };
      context.status(`waiting for ${what}, ${Math.ceil((end - now) / 1000)} s left: ${seen.detail}${watch.summary}`);
    }
    const length = Math.min(Math.max(shortestPause, (now - started) * pausePart), interval, end - now);
    await pause(length, undefined, { signal: cancelled }).catch(() => {
      const problem = `stopped (${String(cancelled.reason)}), last seen: ${seen.detail}`;
      throw remote.problem(`probe ${what}`, problem, "run it again");
    });
  }
}

/** Looks once more. What the end of the time cut short tells less than what was seen `before`, and is left out. */
async function attempt(inputs: ProbeInputs, context: Context, end: number, before: Observation): Promise<Observation> {
  const begun = Date.now();
  const left = Math.max(1_000, end - begun);
  const whole = inputs.command === undefined ? attemptLimit : Infinity;
  const limit = Math.min(left, whole);
  const seen = await observe(inputs, context, limit).catch(asObservation);
  // curl counts whole seconds: 1.4 of them are one.
  const isCut = !seen.healthy && limit < whole && Date.now() - begun >= limit * 0.6;
  return isCut && before !== nothingYet ? before : seen;
}

/** Runs a repair; false when the host cannot be reached. What it says of a failure is a warning: the probe decides. */
async function isDone({ command }: Repair, { host }: ProbeInputs, context: Context): Promise<boolean> {
  try {
    const { healthy, detail } = await observeCommand(context.remote(host), command, {}, commandLimit);
    if (!healthy) {
      context.warn(`the repair failed on ${host.name}: ${detail}`);
    }
    return true;
  } catch (error) {
    asObservation(error);
    return false;
  }
}

/** A host that restarts is a reason to go on waiting; one that refuses the login is not. */
function asObservation(error: unknown): Observation {
  if (error instanceof HostError && ["unreachable", "lost", "slow"].includes(error.trouble)) {
    return unhealthy(error.problem);
  }
  throw error;
}
