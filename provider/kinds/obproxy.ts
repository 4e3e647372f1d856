import { createHash } from "node:crypto";
import { z } from "zod";
import { NoProxy, type ObproxySession, withObproxy, WrongPassword } from "../obproxy-session";
import { Host, host, port } from "./fields";
import type { Query } from "./query";

type Question = { host: Host; port: number; passwords: string[]; observerPassword?: string; parameters: string[] };
type Seen = {
  login: "given" | "open" | "refused" | "silent";
  parameters: Record<string, string>;
  observerPassword: "same" | "other" | "none" | "unknown";
  detail: string;
};

/** One look at the configuration of an OBProxy that runs, whoever started it. */
export const obproxyQuery: Query<Question, Seen> = {
  token: "dbha:index:getObproxy",
  description: "Asks an OBProxy that runs on a host for parameters, and whether passwords are in force.",
  inputs: {
    host: host(),
    port: port().default(2883).describe("Port of SQL on the host."),
    passwords: z.array(z.string()).default([]).describe("Passwords of root@proxysys to try, before none."),
    observerPassword: z.string().optional().describe("What observer_sys_password is to be."),
    parameters: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/)).describe("Names of parameters."),
  },
  outputs: {
    login: z
      .string()
      .describe(
        "`given` with one of the passwords, `open` without one, `refused` with each, `silent` where no proxy answers.",
      ),
    parameters: z.record(z.string(), z.string()).describe("Values by name; one that it does not know is missing."),
    observerPassword: z.string().describe("`same`, `other` or `none` is in force; `unknown` where it does not tell."),
    detail: z.string().describe("What went wrong, in words; empty where nothing did."),
  },
  quiet: ["passwords", "observerPassword"],

  async answer({ host, port, passwords, observerPassword, parameters }, context) {
    const nothing = { parameters: {}, observerPassword: "unknown" } as const;
    try {
      return await withObproxy(context.remote(host), port, [...passwords, ""], async (session) => ({
        login: session.password === "" ? "open" : "given",
        parameters: await shown(session, parameters),
        observerPassword: compare((await session.show("observer_sys_password"))?.value, observerPassword),
        detail: "",
      }));
    } catch (error) {
      if (error instanceof WrongPassword) return { ...nothing, login: "refused", detail: error.message };
      if (error instanceof NoProxy) return { ...nothing, login: "silent", detail: error.message };
      throw error;
    }
  },
};

async function shown(session: ObproxySession, names: string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const parameter = await session.show(name);
    if (parameter !== undefined) found[name] = parameter.value;
  }
  return found;
}

/** A proxy keeps the password as SHA-1 in hex; one that hides that tells nothing. */
function compare(kept: string | undefined, wanted: string | undefined): Seen["observerPassword"] {
  if (kept === undefined || wanted === undefined) return "unknown";
  if (kept === "") return "none";
  if (!/^[0-9a-f]{40}$/i.test(kept)) return "unknown";
  return kept.toLowerCase() === createHash("sha1").update(wanted).digest("hex") ? "same" : "other";
}
