import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { volumes } from "./mounts";
import { OMS_LABEL, VERSION_LABEL } from "./own-containers";
import type { OmsSettings } from "./schema";

/** What the container of one node is made of. */
export interface NodeContainer {
  /** The deployment's name. */
  deployment: string;
  /** The container's own. */
  name: string;
  settings: OmsSettings<Host>;
  /** OMS_HOST_IP. */
  address: string;
  imageId: pulumi.Output<string>;
  /** Whether it is made, or was, to take over what another version left. */
  upgrades: Promise<boolean>;
  /** Whether its console has a certificate. */
  https: boolean;
}

/** The container of a node. Source: "Run the following command to start the container". */
export function nodeContainer(node: NodeContainer): docker.ContainerArgs & { name: string } {
  const { deployment, name, settings, address, imageId, upgrades, https } = node;
  // what OMS takes from config.yaml when it is initialised, and at no other time
  const { host, port, username, rmDatabase, cmDatabase } = settings.metaDb;
  const basis = pulumi
    .all([host, port, username, rmDatabase, cmDatabase])
    .apply((metaDb) => JSON.stringify([...metaDb, settings.ports]));
  return {
    name,
    image: imageId,
    envs: pulumi
      .output(upgrades)
      .apply((isUpgrade) => [`OMS_HOST_IP=${address}`, ...(isUpgrade ? ["IS_UPGRADE=true"] : [])]),
    labels: [
      { label: OMS_LABEL, value: deployment },
      { label: VERSION_LABEL, value: settings.version },
      { label: "dbha.oms.basis", value: basis },
    ],
    volumes: volumes(settings, https),
    privileged: true,
    ulimits: [{ name: "nproc", soft: 65535, hard: 65535 }],
    stdinOpen: true,
    destroyGraceSeconds: 60,
  };
}
