import * as pulumi from "@pulumi/pulumi";
import { Archive, type HostData } from "../../provider/resources";
import type { Host } from "../host";
import { nodeCommand, said } from "../metadb/command";
import type { DolphinArchives } from "./args";
import type { DolphinCluster } from "./cluster";
import { renderUnpack } from "./unpack";

/** The server package of a host: unpacked into a directory of its version, beside the one in use, which no node learns of. */
export interface ServerPackage {
  resource: pulumi.Resource;
  directory: pulumi.Output<string>;
}

/** @param data the host, resolved when it was found fit. */
export function serverPackage(
  cluster: DolphinCluster,
  host: Host,
  data: pulumi.Output<HostData>,
  parent: pulumi.Resource,
): ServerPackage {
  const { name, instance, settings } = cluster;
  const { archives, hostArchives, stripComponents, keep } = settings.server;
  const child = `${name}-package-${host.hostName}`;
  const source = sourceFor(host, archives ?? hostArchives ?? {});
  if (archives !== undefined) {
    const args = { host: data, source, path: instance.package, stripComponents, keep };
    const archive = new Archive(child, args, { parent });
    return { resource: archive, directory: archive.directory };
  }
  const script = pulumi
    .all([source, data])
    .apply(([archive]) => renderUnpack({ archive, base: instance.package, stripComponents, keep }));
  const procedures = { create: "unpack", update: "unpack", delete: "remove" };
  const run = nodeCommand(child, { host, living: cluster.living }, procedures, [source], script, { parent });
  return { resource: run, directory: said(run) };
}

/** Which of the packages a host needs; one that is lost is not asked. */
const sourceFor = (host: Host, archives: DolphinArchives): pulumi.Output<string> =>
  pulumi.output(
    host.isLost
      ? (archives.amd64 ?? archives.arm64 ?? "")
      : host.facts.then(({ architecture }) => archives[architecture as keyof DolphinArchives] ?? ""),
  );
