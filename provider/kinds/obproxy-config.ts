import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { changesOf } from "../diff";
import { NoProxy, type ObproxySession, withObproxy, WrongPassword } from "../obproxy-session";
import { observeCommand } from "../probing/command";
import { Watch, type Watched } from "../probing/watch";
import { Host, host, port, text } from "./fields";
import type { Context, Kind } from "./kind";
import { watched } from "./watched";

type ConfigInputs = {
  host: Host;
  port: number;
  password: string;
  observerPassword?: string;
  parameters: Record<string, string>;
  restart?: string;
  watched?: Watched;
};
type ConfigOutputs = { shown: Record<string, string> };

/** How long a proxy that was just started may take to answer, and a restart to be done, in milliseconds. */
const startLimit = 60_000;

const valueRule =
  "must be a text without quotes, backslashes and control characters; fix: choose another value, since the proxy's SQL has no way to write them";
const plain = () => z.string(valueRule).regex(/^[^'"\\\p{Cc}]*$/u, valueRule);
const nameRule = "must be names of parameters, of small letters, digits and _; fix: see show proxyconfig";

/** The configuration of a running OBProxy: read by `show proxyconfig`, changed by `alter proxyconfig`. */
export const obproxyConfigKind: Kind<ConfigInputs, ConfigOutputs> = {
  token: "dbha:index:ObproxyConfig",
  description: "Parameters and passwords of an OBProxy that runs on a host.",
  inputs: {
    host: host(),
    port: port().default(2883).describe("Port of SQL on the host."),
    password: plain().min(1, valueRule).describe("Password of root@proxysys."),
    observerPassword: plain()
      .min(1, valueRule)
      .optional()
      .describe("observer_sys_password, by which the proxy logs in to the cluster."),
    parameters: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/, nameRule), plain(), nameRule)
      .default({})
      .describe("Parameters by name; others are left alone."),
    restart: text("a command").optional().describe("Shell command for parameters that count after a restart only."),
    watched: watched().optional().describe("What runs the proxy, and where it logs."),
  },
  outputs: { shown: z.record(z.string(), z.string()).describe("The same parameters as the proxy shows them.") },
  quiet: ["password", "observerPassword", "parameters"],
  replaceOn: ["host.name", "port"],
  deleteBeforeReplace: true,

  import: {
    form: "PORT with the port of an OBProxy's SQL",
    example: "p1:2883",
    look: (rest) =>
      /^\d{1,5}$/.test(rest)
        ? (target, context) => {
            const fix = "declare it without import: up sets what differs and restarts nothing else";
            const problem = "its passwords cannot be read";
            return Promise.reject(context.remote(target).problem(`import OBProxy on port ${rest}`, problem, fix));
          }
        : undefined,
  },

  id: (inputs) => `${inputs.host.name}:${inputs.port}`,
  remains: () => undefined,

  foresee: (_news, state, changed) => (state !== undefined && changed.length === 0 ? { shown: state.shown } : {}),

  create: (inputs, context) => apply(inputs, inputs.observerPassword, [""], context),

  async read(state, context) {
    try {
      return await withObproxy(context.remote(state.host), state.port, [state.password, ""], async (session) => {
        const parameters: Record<string, string> = {};
        for (const [name, wanted] of Object.entries(state.parameters)) {
          const value = (await session.show(name))?.value ?? "";
          parameters[name] = value === state.shown[name] ? wanted : value;
        }
        return { ...state, password: session.password, parameters };
      });
    } catch (error) {
      if (error instanceof NoProxy) {
        context.warn(`${error.message} on host ${state.host.name}: its configuration was not compared`);
        return state;
      }
      throw explained(error, state, context);
    }
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && changed.every(({ path }) => /^(host|restart|watched)\b/.test(path))) {
      return { shown: state.shown };
    }
    const observerPassword = state.observerPassword === news.observerPassword ? undefined : news.observerPassword;
    return apply(news, observerPassword, [state.password, ""], context);
  },

  /** It goes with its proxy. */
  delete: () => Promise.resolve(),
};

/** Sets what differs, restarts the proxy when that is needed, and tells what it shows then. */
async function apply(
  inputs: ConfigInputs,
  observerPassword: string | undefined,
  formerPasswords: string[],
  context: Context,
): Promise<ConfigOutputs> {
  const { host, port, password, parameters } = inputs;
  const remote = context.remote(host);
  const end = Date.now() + startLimit;
  const watch = new Watch(inputs.watched, remote, startLimit);
  for (;;) {
    try {
      const { shown, restart } = await withObproxy(remote, port, [password, ...formerPasswords], async (session) => {
        const done = await setAll(session, parameters);
        if (observerPassword !== undefined) await session.set("observer_sys_password", observerPassword);
        if (session.password !== password) await session.set("obproxy_sys_password", password);
        return done;
      });
      if (restart && inputs.restart !== undefined) {
        const { healthy, detail } = await observeCommand(remote, inputs.restart, {}, startLimit);
        if (!healthy) throw remote.problem("restart OBProxy", detail, "see what the command said, and run it again");
      }
      return { shown };
    } catch (error) {
      if (!(error instanceof NoProxy)) throw explained(error, inputs, context);
      const hopeless = await watch.look(false);
      if (hopeless !== undefined || Date.now() > end) {
        const secrets = [password, ...formerPasswords, observerPassword ?? ""].filter((text) => text !== "");
        const problem = hopeless === undefined ? error.message : `${error.message}; ${hopeless}`;
        throw remote.problem(stepOf(port), problem, await watch.advice(hopeless !== undefined, secrets));
      }
      await pause(200, undefined, { signal: context.cancelled });
    }
  }
}

async function setAll(
  session: ObproxySession,
  parameters: Record<string, string>,
): Promise<{ shown: Record<string, string>; restart: boolean }> {
  const shown: Record<string, string> = {};
  let restart = false;
  for (const [name, value] of Object.entries(parameters)) {
    const before = await session.show(name);
    if (before === undefined) throw new Error(`it has no parameter ${name}`);
    if (before.value !== value) await session.set(name, value);
    const after = before.value === value ? before : await session.show(name);
    shown[name] = after?.value ?? "";
    restart ||= before.needsReboot && changesOf(["value"], { ...before }, { ...after }).length > 0;
  }
  return { shown, restart };
}

const stepOf = (port: number): string => `configure OBProxy on port ${port}`;

/** The error as a user can act on it. */
function explained(error: unknown, { host, port }: ConfigInputs, context: Context): unknown {
  const problem = (what: string, fix: string) => context.remote(host).problem(stepOf(port), what, fix);
  if (error instanceof WrongPassword) {
    const fix = "somebody changed it: set it back to the one of the stack (alter proxyconfig set obproxy_sys_password)";
    return problem(error.message, fix);
  }
  if (error instanceof NoProxy) return problem(error.message, "see the proxy's log on the host; then run it again");
  if (error instanceof Error && error.name === "Error") {
    return problem(
      `the proxy refused (${error.message})`,
      "correct the parameter; show proxyconfig tells what it takes",
    );
  }
  return error;
}
