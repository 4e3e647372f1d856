import { z } from "zod";
import { checkInputs } from "../check";
import { anyTouches } from "../diff";
import { host } from "./fields";
import { Context, Found, Kind } from "./kind";
import { definition, describeProbe, oneTarget, ProbeInputs, ProbeOutputs } from "./probe-definition";
import { parseProbeTarget } from "./probe-id";
import { observeOnce, untilHealthy } from "./probe-wait";

type Definition = Omit<ProbeInputs, "host">;

/** What makes the probe ask again. */
const questions = ["http", "tcp", "command", "triggers", "extract", "also", "healthy"];

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
  quiet: ["command", "http.headers", "also", "repair.command"],
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
  remains: ({ watched }) => (watched?.container === undefined ? undefined : `container ${watched.container}`),

  foresee: (news, state, changed) => {
    if (state !== undefined && changed.length > 0 && !anyTouches(changed, ...questions)) {
      return { healthy: state.healthy, values: state.values, detail: state.detail };
    }
    const names = [news, ...(news.also ?? [])].flatMap((asked) => Object.keys(asked.extract));
    return { healthy: true, ...(names.length === 0 ? { values: {} } : {}) };
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
