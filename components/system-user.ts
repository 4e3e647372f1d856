import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { prologue } from "../provider/resources/shell";
import { type Host, whenLost } from "./host";

/** A system user of one deployment. */
export interface SystemUser {
  host: Host;
  /** Resolved when the hosts have been found fit. */
  fit: pulumi.Output<unknown>;
  user: string;
  home: string;
  /** What /etc/passwd says of it, by which it is known again. */
  comment: string;
}

/**
 * The system user of a deployment on a host. One that is there already is taken as it is; only what was made here is removed, which the
 * comment in /etc/passwd tells.
 */
export function systemUser(
  name: string,
  { host, fit, user, home, comment }: SystemUser,
  parent: pulumi.Resource,
): command.remote.Command {
  const script = `${prologue}case $1 in
make) id ${user} >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir ${home} --shell /usr/sbin/nologin --comment ${comment} ${user} ;;
remove) ! getent passwd ${user} | grep -q :${comment}: || userdel ${user} ;;
esac
`;
  const run = (procedure: string): string => `${host.rootShell} -s ${procedure}`;
  return new command.remote.Command(
    name,
    {
      connection: host.connection,
      create: fit.apply(() => run("make")),
      update: run("make"),
      delete: run("remove"),
      stdin: script,
      addPreviousOutputInEnv: false,
    },
    { parent, ...whenLost(host) },
  );
}
