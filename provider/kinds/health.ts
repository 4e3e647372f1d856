import type { Failure } from "../check";
import { host } from "./fields";
import { attemptLimit, definition, observe, probeKind, ProbeOutputs, Question } from "./probe";
import { Query } from "./query";

const { http, tcp, extract } = definition;

/** One look of a probe: whether something on a host is healthy now. */
export const healthQuery: Query<Omit<Question, "command">, ProbeOutputs> = {
  token: "dbha:index:getHealth",
  description: "Looks once whether something on a host is healthy.",
  inputs: { host: host(), http, tcp, extract },
  outputs: probeKind.outputs,

  rules: ({ http, tcp }): Failure[] => {
    if ((http === undefined) !== (tcp === undefined)) {
      return [];
    }
    const found = http === undefined ? "nothing to look at is given" : "http and tcp are given together";
    return [{ property: "http", reason: `http: ${found}; give exactly one of http and tcp` }];
  },

  /** What refuses or does not answer is unhealthy; a host that cannot be reached is an error. */
  answer: (question, context) => observe(question, context, attemptLimit),
};
