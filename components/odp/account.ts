import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { prologue } from "../../provider/resources/shell";
import { whenLost } from "../host";
import type { OdpNodeArgs } from "./odp-node";

/**
 * The system user of a deployment on a host. One that is there already is taken as it is; only what was made here is removed, which the
 * comment in /etc/passwd tells.
 */
export function account(
  name: string,
  { host, instance, fit }: Pick<OdpNodeArgs, "host" | "instance" | "fit">,
  parent: pulumi.Resource,
): command.remote.Command {
  const { user, directory, unit } = instance;
  const script = `${prologue}case $1 in
make) id ${user} >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir ${directory} --shell /usr/sbin/nologin --comment ${unit} ${user} ;;
remove) ! getent passwd ${user} | grep -q :${unit}: || userdel ${user} ;;
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
