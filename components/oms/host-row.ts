import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { scriptCommand } from "../metadb/command";
import type { OmsConfig } from "./config-yaml";
import { renderOmsMetaDbScript } from "./metadb";

/** Whose row it is, and who deletes it. */
export interface HostRowArgs {
  /** The node's host. */
  host: Host;
  /** As OMS knows the node. */
  address: string;
  /** Code of its region. */
  location: number;
  /** config.yaml of its region. */
  config: pulumi.Output<OmsConfig>;
  /** The host that has a client of the MetaDB, and that lives where the node's own may be lost. */
  asking: Host;
}

/**
 * The node's row in the MetaDB: OMS makes it and never takes it away. What depends on this, its container, goes before it. A node that
 * moves to another region or address has another row, and the former one goes.
 */
export const hostRow = (
  name: string,
  { host, address, location, config, asking }: HostRowArgs,
  parent: pulumi.Resource,
): command.remote.Command => {
  // nothing of other regions, and of other nodes: they come and go without a change here
  const script = config.apply(({ metaDb, databases: { rm, cm, heartbeat }, cm: { url, isDefault } }) =>
    renderOmsMetaDbScript(
      {
        metaDb,
        databases: { rm, cm },
        regions: [{ location, heartbeatDatabase: heartbeat, cmUrl: url, isDefault, nodes: [address] }],
        location,
        node: address,
        directory: "",
        name,
      },
      ["remove_host"],
    ),
  );
  const procedures = { create: "true", update: "true", delete: "remove_host" };
  return scriptCommand(`${name}-row-${host.hostName}`, asking, procedures, [String(location), address], script, {
    parent,
  });
};
