import type { Told } from "../adopt/differences";
import type { OdcSettings } from "./schema";

/**
 * Which arguments tell the settings of a node's container, and what ODC takes where a variable is not set.
 * @param host name of the node's host.
 */
export const toldByArguments = <H>({ logDirectory, nodeAddresses }: OdcSettings<H>, host: string): Told => ({
  image: "image",
  memory: "memory",
  cpus: "cpus",
  network: "port and mappingPort",
  mounts: { [logDirectory]: "mounts.log", "/opt/odc/data": "mounts.data" },
  environment: {
    DATABASE_HOST: { argument: "metaDb.host" },
    DATABASE_PORT: { argument: "metaDb.port" },
    DATABASE_USERNAME: { argument: "metaDb.username" },
    DATABASE_PASSWORD: { argument: "metaDb.password" },
    DATABASE_NAME: { argument: "metaDb.database" },
    ODC_PROFILE_MODE: { argument: "profileMode", unset: "alipay" },
    // ODC took it at its first start, and looks at it never again
    ODC_ADMIN_INITIAL_PASSWORD: { argument: "adminPassword", free: true },
    ODC_LOG_DIR: { argument: "logDirectory", unset: "/opt/odc/log" },
    ODC_JVM_HEAP_OPTIONS: { argument: "jvm.heap" },
    ODC_JVM_GC_OPTIONS: { argument: "jvm.gc" },
    ODC_JVM_OOM_OPTIONS: { argument: "jvm.outOfMemory" },
    ODC_JVM_EXTRA_OPTIONS: { argument: "jvm.extra" },
    ODC_SERVER_PORT: { argument: "port", unset: "8989" },
    // without it ODC takes the address of eth0
    ODC_HOST: {
      argument: Object.hasOwn(nodeAddresses, host) ? `nodeAddresses.${host}` : `nodeAddresses with ${host}`,
      optional: true,
    },
    // without it ODC takes its own port
    ODC_MAPPING_PORT: { argument: "mappingPort", optional: true },
    ODC_APP_EXTRA_ARGS: { argument: "extraArgs" },
  },
});
