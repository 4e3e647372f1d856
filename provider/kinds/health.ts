import { host } from "./fields";
import { probeKind } from "./probe";
import { definition, oneTarget, ProbeOutputs, Question } from "./probe-definition";
import { observeOnce } from "./probe-wait";
import { Query } from "./query";

const { http, tcp, command, extract } = definition;

/** One look of a probe: whether something on a host is healthy now. */
export const healthQuery: Query<Question, ProbeOutputs> = {
  token: "dbha:index:getHealth",
  description: "Looks once whether something on a host is healthy.",
  inputs: { host: host(), http, tcp, command, extract },
  outputs: probeKind.outputs,
  quiet: probeKind.quiet,

  rules: oneTarget,

  /** What refuses or does not answer is unhealthy; a host that cannot be reached is an error. */
  answer: observeOnce,
};
