import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { whenLost, type Host } from "../host";
import { renderMetaDbScript, type MetaDbProcedure } from "./script";

/** Procedures of the script, by when they run. */
export interface MetaDbProcedures {
  /** When the command is new, or a trigger changed. */
  create: string;
  /** When anything else changed, such as the password or the host's address. It says what the first one said. */
  update: string;
  /** When it is removed, or replaced. */
  delete?: string;
}

/** The script of a command that has nothing to do yet, and whose every procedure says nothing. */
export const NOTHING_TO_DO = "echo\n";

/** A procedure on the MetaDB that runs on a host. */
export const metaDbCommand = (
  name: string,
  host: Host,
  procedures: MetaDbProcedures,
  triggers: pulumi.Input<string>[],
  procedure: pulumi.Input<MetaDbProcedure>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command => {
  const wanted = [procedures.create, procedures.update];
  const script = pulumi.output(procedure).apply((known) => renderMetaDbScript(known, wanted));
  return scriptCommand(name, host, procedures, triggers, script, opts);
};

/** A procedure of a script that runs on a host. Script and secrets travel on its input. */
export function scriptCommand(
  name: string,
  host: Host,
  procedures: MetaDbProcedures,
  triggers: pulumi.Input<string>[],
  script: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const shell = `${host.rootShell} -s`;
  return new command.remote.Command(
    name,
    {
      connection: host.connection,
      create: `${shell} ${procedures.create}`,
      update: `${shell} ${procedures.update}`,
      ...(procedures.delete !== undefined && { delete: `${shell} ${procedures.delete}` }),
      stdin: pulumi.secret(script),
      triggers,
      // what is on the errors' stream is progress, which Pulumi shows beside the command; stdout has the result
      logging: command.types.enums.remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    { customTimeouts: { create: "2h", update: "10m" }, ...opts },
  );
}

/**
 * A procedure on a node's host, which may be lost: what the state has of it stays as it is then. What the state has not is not run
 * there, but noted: as a command that does nothing, on a host that lives, until the node's own is back.
 */
export const nodeCommand = (
  name: string,
  { host, living }: { host: Host; living: Host },
  procedures: MetaDbProcedures,
  triggers: pulumi.Input<string>[],
  script: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command =>
  host.isLost
    ? scriptCommand(name, living, { create: "true", update: "true" }, [], "", { ...opts, ...whenLost(host) })
    : scriptCommand(name, host, procedures, triggers, script, opts);

/** What a procedure said: its last line, as a log-in may say something first. Nothing in it is secret, though its input is. */
export const said = (ran: command.remote.Command): pulumi.Output<string> =>
  pulumi.unsecret(ran.stdout).apply((text) => text.slice(text.lastIndexOf("\n") + 1));
