import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { checkInputs, Failure } from "../check";
import { anyTouches } from "../diff";
import { observeCommand } from "../probing/command";
import { describeHttp, HttpTarget, observeHttp } from "../probing/http";
import { Observation, unhealthy } from "../probing/observation";
import { describeTcp, observeTcp, TcpTarget } from "../probing/tcp";
import { HostError } from "../ssh/host-error";
import { Host, host, port, text, triggers } from "./fields";
import { Context, Found, Kind } from "./kind";
import { parseProbeTarget } from "./probe-id";
import type { Properties } from "../wire";

/** Limits of one attempt in milliseconds: an answer that takes longer is none; a command may have more to do. */
const attemptLimit = 10_000;
const commandLimit = 60_000;

/** What to look at on a host, and which values to take from its answer. */
export type Question = {
  host: Host;
  http?: HttpTarget;
  tcp?: TcpTarget;
  command?: string;
  extract: Record<string, string>;
};
type Repair = { command: string; after: number };
type ProbeInputs = Question & { interval: number; timeout: number; triggers: string[]; repair?: Repair };
type Definition = Omit<ProbeInputs, "host">;
/** What one look found. */
export type ProbeOutputs = { healthy: boolean; values: Record<string, string>; detail: string };

/** The shortest pause between two attempts in milliseconds. */
const shortestPause = 100;

/** A pause as a part of the waiting so far, up to the interval: what has just become healthy is seen within a tenth more. */
const pausePart = 0.1;

const targets = ["http", "tcp", "command"];

/** What makes the probe ask again. */
const questions = [...targets, "triggers", "extract", "healthy"];

function pointer() {
  const rule = 'must be a JSON pointer, empty or with / at its start; fix: write it like "/data/version"';
  return z.string(rule).regex(/^(\/.*)?$/s, rule);
}

function seconds(what: string) {
  const rule = `must be a number of seconds above 0; fix: give ${what}, like 2`;
  return z.number(rule).positive(rule);
}

const pathRule = "must start with / and have no spaces; fix: write it like /health?full=1";
const statusRule = "must be an HTTP status from 100 to 599; fix: give the one that means healthy, like 200";
const valueRule = "must be a text, number, boolean or null; fix: point to a single value";

const http = z
  .strictObject(
    {
      port: port().describe("TCP port."),
      path: z
        .string(pathRule)
        .regex(/^\/\S*$/, pathRule)
        .default("/")
        .describe("Path and query."),
      scheme: z
        .enum(["http", "https"], 'must be "http" or "https"; fix: give one of them')
        .default("http")
        .describe("http or https."),
      address: text("an address").default("127.0.0.1").describe("Address or name, as seen from the host."),
      status: z
        .int(statusRule)
        .min(100, statusRule)
        .max(599, statusRule)
        .default(200)
        .describe("Status code expected."),
      json: z
        .record(
          pointer(),
          z.union([z.string(), z.number(), z.boolean(), z.null()], valueRule),
          'must be values by JSON pointer; fix: write it like {"/data": true}',
        )
        .optional()
        .describe("Values expected in the JSON answer, by JSON pointer."),
      headers: z
        .record(
          z.string(),
          z.string("must be a text; fix: give the header's value"),
          'must be texts by name; fix: write it like {"Accept": "text/html"}',
        )
        .optional()
        .describe("Request headers."),
    },
    "must be an object; fix: give port, and where needed path, scheme, address, status, json and headers",
  )
  .meta({ id: "HttpProbe", description: "An HTTP request and the answer that means healthy." });

const tcp = z
  .strictObject(
    {
      port: port().describe("TCP port."),
      address: text("an address").default("127.0.0.1").describe("Address or name, as seen from the host."),
    },
    "must be an object; fix: give port, and where needed address",
  )
  .meta({ id: "TcpProbe", description: "A TCP connection that means healthy when it is accepted." });

/** What is probed and how, without the host. */
export const definition = {
  http: http.optional().describe("An HTTP request."),
  tcp: tcp.optional().describe("A TCP connection."),
  command: text("a command").optional().describe("A shell command, healthy when it ends with zero."),
  interval: seconds("interval")
    .default(2)
    .describe("Seconds between two attempts at most; a tenth of the time waited so far before, and at least 0.1."),
  timeout: seconds("timeout").default(300).describe("Seconds to wait for a healthy answer."),
  triggers: triggers().describe("Texts; when one changes, the probe waits for a healthy answer again."),
  repair: z
    .strictObject(
      {
        command: text("a command").describe("A shell command; it may find that there is nothing to do."),
        after: seconds("after").default(10).describe("Seconds of waiting before it is run."),
      },
      "must be an object; fix: give command, and where needed after",
    )
    .meta({ id: "ProbeRepair", description: "What is done once about something that does not become healthy." })
    .optional()
    .describe("What is done once about something that does not become healthy."),
  extract: z
    .record(z.string(), pointer(), 'must be JSON pointers by name; fix: write it like {"version": "/data/version"}')
    .default({})
    .describe("Values to take from the JSON answer: name -> JSON pointer."),
};

/** Exactly one thing must be looked at. */
export function oneTarget(inputs: Properties): Failure[] {
  const given = targets.filter((name) => inputs[name] !== undefined);
  if (given.length === 1) {
    return [];
  }
  const found = given.length === 0 ? "nothing to probe is given" : `${given.join(" and ")} are given together`;
  const property = given[1] ?? "http";
  return [{ property, reason: `${property}: ${found}; give exactly one of http, tcp and command` }];
}

/** Waits until something on a host is healthy; asks again at every refresh. */
export const probeKind: Kind<ProbeInputs, ProbeOutputs> = {
  token: "dbha:index:Probe",
  description: "Waits until something on a host is healthy, and asks again at every refresh.",
  inputs: { host: host(), ...definition },
  outputs: {
    healthy: z.boolean().describe("Whether the last answer was the expected one."),
    values: z.record(z.string(), z.string()).describe("The values that extract names."),
    detail: z.string().describe("What was last seen."),
  },
  quiet: ["command", "http.headers", "repair.command"],
  replaceOn: ["host.name"],
  deleteBeforeReplace: false,

  rules: oneTarget,

  drift: (state) => (state.healthy ? [] : [{ path: "healthy", kind: "update", input: false }]),

  import: {
    form: "URL of http, https or tcp, or HOST:command:COMMAND",
    example: "p1:http://127.0.0.1:8989/health, p1:tcp://127.0.0.1:3306 or p1:command:systemctl is-active nginx",
    look: (rest) => {
      const { inputs, failures } = checkInputs(definition, [], parseProbeTarget(rest) ?? { command: "" });
      return failures.length > 0 ? undefined : (host, context) => find({ host, ...(inputs as Definition) }, context);
    },
  },

  id: (inputs) => `${inputs.host.name}:${describeProbe(inputs)}`,

  foresee: (news, state, changed) => {
    if (state !== undefined && changed.length > 0 && !anyTouches(changed, ...questions)) {
      return { healthy: state.healthy, values: state.values, detail: state.detail };
    }
    return { healthy: true, ...(Object.keys(news.extract).length === 0 ? { values: {} } : {}) };
  },

  create: (inputs, context) => untilHealthy(inputs, context),

  async read(state, context) {
    const seen = await observeOnce(state, context);
    return { ...state, healthy: seen.healthy, detail: seen.detail, values: seen.healthy ? seen.values : state.values };
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && !anyTouches(changed, ...questions)) {
      return { healthy: state.healthy, values: state.values, detail: state.detail };
    }
    return untilHealthy(news, context);
  },

  delete: () => Promise.resolve(),
};

/** A probe to begin with must be healthy: one that is not is a reason to wait, not to import. */
async function find(inputs: ProbeInputs, context: Context): Promise<Found> {
  const seen = await observeOnce(inputs, context);
  if (!seen.healthy) {
    const fix = "import it when it is, or declare the probe without import, and up waits";
    throw context
      .remote(inputs.host)
      .problem(`import probe ${describeProbe(inputs)}`, `not healthy: ${seen.detail}`, fix);
  }
  return { inputs, outputs: { ...seen } };
}

function describeProbe(inputs: ProbeInputs): string {
  if (inputs.http !== undefined) {
    return describeHttp(inputs.http);
  }
  return inputs.tcp === undefined ? "command" : describeTcp(inputs.tcp);
}

/** Looks once. @throws HostError when the host cannot be reached */
export function observeOnce(question: Question, context: Context): Promise<Observation> {
  return observe(question, context, question.command === undefined ? attemptLimit : commandLimit);
}

/** @param limit for the answer, in milliseconds */
function observe(inputs: Question, context: Context, limit: number): Promise<Observation> {
  const remote = context.remote(inputs.host);
  if (inputs.http !== undefined) {
    return observeHttp(remote, inputs.http, inputs.extract, limit);
  }
  if (inputs.tcp !== undefined) {
    return observeTcp(remote, inputs.tcp, limit);
  }
  return observeCommand(remote, inputs.command ?? "", inputs.extract, limit);
}

/** Looks, soon at first and then at every interval, until what is seen is healthy, the time is over or Pulumi is told to stop. */
async function untilHealthy(inputs: ProbeInputs, context: Context): Promise<Observation> {
  const { cancelled } = context;
  const what = describeProbe(inputs);
  const started = Date.now();
  const end = started + inputs.timeout * 1000;
  const stopped = new Promise<undefined>((resolve) => {
    cancelled.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  let seen = unhealthy("nothing yet");
  let repair = inputs.repair;
  let told = { detail: "", at: 0 };
  for (;;) {
    const left = Math.max(1_000, end - Date.now());
    const limit = Math.min(left, inputs.command === undefined ? attemptLimit : left);
    // A command that hangs is let go of at once; nothing is lost by it.
    seen = (await Promise.race([observe(inputs, context, limit).catch(asObservation), stopped])) ?? seen;
    if (seen.healthy) {
      return seen;
    }
    const now = Date.now();
    if (now >= end) {
      const fix = "see the log of what is probed on the host; give a longer timeout if it only needs more time";
      const problem = `not healthy after ${Math.round((now - started) / 1000)} s, last seen: ${seen.detail}`;
      throw context.remote(inputs.host).problem(`probe ${what}`, problem, fix);
    }
    if (repair !== undefined && now >= started + repair.after * 1000) {
      context.status(`repairing what ${what} looks at`);
      repair = (await Promise.race([isDone(repair, inputs, context), stopped])) === false ? repair : undefined;
    }
    const interval = inputs.interval * 1000;
    if (seen.detail !== told.detail || now >= told.at + interval) {
      told = { detail: seen.detail, at: now };
      context.status(`waiting for ${what}, ${Math.ceil((end - now) / 1000)} s left: ${seen.detail}`);
    }
    const length = Math.min(Math.max(shortestPause, (now - started) * pausePart), interval, end - now);
    await pause(length, undefined, { signal: cancelled }).catch(() => {
      const problem = `stopped (${String(cancelled.reason)}), last seen: ${seen.detail}`;
      throw context.remote(inputs.host).problem(`probe ${what}`, problem, "run it again");
    });
  }
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
