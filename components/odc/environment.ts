import type { MetaDbConnection } from "../metadb/types";

/** The MetaDB, its values known. */
export interface OdcMetaDb extends MetaDbConnection {
  database: string;
}

/** What an ODC node is told through its environment. */
export interface OdcEnvironment {
  metaDb: OdcMetaDb;
  adminPassword: string;
  profileMode: string;
  /** Address under which the other nodes call this one. */
  address: string;
  /** Port on which the server listens. */
  port: number;
  /** Port under which the other nodes call this one. */
  mappingPort: number;
  logDirectory: string;
  jvm: { heap?: string; gc?: string; outOfMemory?: string; extra?: string };
  extraArgs?: string;
}

/**
 * The environment of an ODC container as `NAME=value`, in the document's order; what is not given is left to the image.
 * ODC_HOST is always set, since without it the image's start script looks for an interface named eth0.
 */
export function renderOdcEnvironment(node: OdcEnvironment): string[] {
  const environment: Record<string, string | number | undefined> = {
    DATABASE_HOST: node.metaDb.host,
    DATABASE_PORT: node.metaDb.port,
    DATABASE_USERNAME: node.metaDb.username,
    DATABASE_PASSWORD: node.metaDb.password,
    DATABASE_NAME: node.metaDb.database,
    ODC_PROFILE_MODE: node.profileMode,
    ODC_ADMIN_INITIAL_PASSWORD: node.adminPassword,
    ODC_LOG_DIR: node.logDirectory,
    ODC_JVM_HEAP_OPTIONS: node.jvm.heap,
    ODC_JVM_GC_OPTIONS: node.jvm.gc,
    ODC_JVM_OOM_OPTIONS: node.jvm.outOfMemory,
    ODC_JVM_EXTRA_OPTIONS: node.jvm.extra,
    ODC_SERVER_PORT: node.port,
    ODC_HOST: node.address,
    ODC_MAPPING_PORT: node.mappingPort,
    ODC_APP_EXTRA_ARGS: node.extraArgs,
  };
  return Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
