import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
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
  const make = `id ${user} >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir ${directory} --shell /usr/sbin/nologin --comment ${unit} ${user}`;
  const remove = `getent passwd ${user} | grep -q :${unit}: || exit 0; userdel ${user}`;
  const shell = (script: string): string => `${host.rootShell} -c '${script}'`;
  return new command.remote.Command(
    name,
    {
      connection: host.connection,
      create: fit.apply(() => shell(make)),
      update: shell(make),
      delete: shell(remove),
      addPreviousOutputInEnv: false,
    },
    { parent, ...whenLost(host) },
  );
}
