import { z } from "zod";
import type { Failure } from "../check";
import { describeHttp, HttpTarget } from "../probing/http";
import { describeTcp, TcpTarget } from "../probing/tcp";
import type { Watched } from "../probing/watch";
import type { Properties } from "../wire";
import { Host, port, text, triggers } from "./fields";
import { watched } from "./watched";

/** What to look at on a host, and which values to take from its answer. */
export type Question = Target & {
  host: Host;
  /** Missing in states that are older than it. */
  also?: Further[];
};
/** One thing to look at; exactly one of the first three is given. */
export type Target = { http?: HttpTarget; tcp?: TcpTarget; command?: string; extract: Record<string, string> };
/** A further question, asked when the first answer is the expected one. */
export type Further = Omit<Target, "command">;
export type Repair = { command: string; after: number };
export type ProbeInputs = Question & {
  about?: string;
  interval: number;
  timeout: number;
  triggers: string[];
  repair?: Repair;
  watched?: Watched;
};
/** What one look found. */
export type ProbeOutputs = { healthy: boolean; values: Record<string, string>; detail: string };

const targets = ["http", "tcp", "command"];

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
const aboutRule = "must be 1 to 100 characters on one line; fix: give a few words, like obproxy of main serves";
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
      contains: text("a text").optional().describe("Text that the answer must hold."),
      headers: z
        .record(
          z.string(),
          z.string("must be a text; fix: give the header's value"),
          'must be texts by name; fix: write it like {"Accept": "text/html"}',
        )
        .optional()
        .describe("Request headers."),
    },
    "must be an object; fix: give port, and where needed path, scheme, address, status, json, contains and headers",
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

const extract = z
  .record(z.string(), pointer(), 'must be JSON pointers by name; fix: write it like {"version": "/data/version"}')
  .default({})
  .describe("Values to take from the JSON answer: name -> JSON pointer.");

const further = z
  .strictObject(
    {
      http: http.optional().describe("An HTTP request."),
      tcp: tcp.optional().describe("A TCP connection."),
      extract,
    },
    "must be an object; fix: give http or tcp, and where needed extract",
  )
  .refine(
    (one) => (one.http === undefined) !== (one.tcp === undefined),
    "must have exactly one of http and tcp; fix: give one of them",
  )
  .meta({ id: "FurtherProbe", description: "A further question of a probe." });

/** What is probed and how, without the host. */
export const definition = {
  http: http.optional().describe("An HTTP request."),
  tcp: tcp.optional().describe("A TCP connection."),
  command: text("a command").optional().describe("A shell command, healthy when it ends with zero."),
  about: z
    .string(aboutRule)
    .regex(/^[^\p{Cc}]{1,100}$/u, aboutRule)
    .optional()
    .describe("What the command asks, in a few words, for messages and the ID."),
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
  watched: watched().optional().describe("What is behind it: what runs it, and where it logs."),
  extract,
  also: z
    .array(further, "must be a list of questions; fix: write it like [{ http: { port: 8989 } }]")
    .optional()
    .describe("Further questions, asked when the first answer is the expected one."),
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

/** A program at the beginning of a command, not a word of the shell's: of the rest, which may hold secrets, nothing is shown. */
const program = /^(?!(?:cd|case|eval|exec|exit|export|for|if|set|until|while)\s)(?:\/\S*\/)?([A-Za-z][\w.-]*)(?:\s|$)/;

/** What is probed, in words. */
export function describeProbe({ http, tcp, about, command = "" }: Target & { about?: string }): string {
  if (http !== undefined) {
    return describeHttp(http);
  }
  if (tcp !== undefined) {
    return describeTcp(tcp);
  }
  const [, name] = program.exec(command) ?? [];
  return about ?? (name === undefined ? "command" : `command ${name}`);
}
