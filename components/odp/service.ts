import type * as pulumi from "@pulumi/pulumi";
import { Archive, type FilesUser, Service, type Watched } from "../../provider/resources";
import { waitFor } from "../rolling";
import type { Instance } from "./instance";
import type { OdpNodeArgs } from "./odp-node";
import { type Runner, type Running, type RunnerShell, watchedLogs } from "./runner";
import type { OdpPackageSettings } from "./schema";
import { renderUnit } from "./unit";

/** A package that systemd runs, as a user of its own or one that is there. */
export class OdpService implements Runner {
  readonly user?: FilesUser;
  readonly program: pulumi.Resource[];
  readonly version: pulumi.Output<string>[];
  readonly shell: RunnerShell;
  readonly watched: Watched;

  constructor(
    private readonly child: (role: string) => string,
    private readonly args: OdpNodeArgs,
    from: OdpPackageSettings,
    private readonly parent: pulumi.Resource,
  ) {
    const { user: name, directory: home, unit: comment } = args.instance;
    if (from.user === undefined) this.user = { name, home, comment };
    const archive = from.archive === undefined ? undefined : this.unpack(from.archive, from);
    this.program = archive ? [archive] : [];
    this.version = archive ? [archive.directory] : [];
    this.shell = serviceShell(args.instance);
    this.watched = { unit: `${args.instance.unit}.service`, ...watchedLogs(args.instance) };
  }

  /** It waits like the rest: a proxy that dies meanwhile must not come back in another version. */
  private unpack(source: string, { stripComponents, keep }: OdpPackageSettings): Archive {
    const { host, fit, instance, waits } = this.args;
    return new Archive(
      this.child("package"),
      { host: fit.apply(() => host.data), source, path: instance.package, stripComponents, keep },
      { parent: this.parent, dependsOn: waitFor(waits) },
    );
  }

  start(script: pulumi.Output<string>, dependsOn: pulumi.Resource[]): Running {
    const { host, fit, instance } = this.args;
    const service = new Service(
      this.child("service"),
      {
        host: fit.apply(() => host.data),
        name: `${instance.unit}.service`,
        unit: renderUnit(instance),
        triggers: [script, ...this.version],
      },
      { parent: this.parent, dependsOn },
    );
    return { resource: service, trigger: service.unit.apply((text) => text ?? "") };
  }
}

/** A proxy whose program is not the one in the package any more, as after the repair of a package, is restarted. */
export function serviceShell({ unit, user, home }: Instance): RunnerShell {
  const isCurrent = `is_current() { [ "$(readlink "/proc/$(cat /run/${unit}/obproxy.pid)/exe")" = "$(readlink -f ${home}/bin/obproxy)" ]; }`;
  const restart = `systemctl restart ${unit}.service`;
  return {
    check: `${isCurrent}
systemctl is-active --quiet ${unit} || fail "${unit}.service is not active"
is_current || fail "the obproxy of the current version does not run"`,
    lastWords: `journalctl --unit=${unit} --lines=3 --no-pager --output=cat`,
    version: `cd / && runuser -u ${user} -- ${home}/bin/obproxy -V`,
    restart,
    repair: `${isCurrent}
is_current || ${restart}
`,
  };
}
