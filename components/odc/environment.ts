/** The MetaDB, its values known. */
export interface OdcMetaDb {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
}

/** What an ODC node is told through its environment. */
export interface OdcEnvironment {
  metaDb: OdcMetaDb;
  adminPassword: string;
  profileMode: string;
  /** Address under which the other nodes call this one. */
  address: string;
  port: number;
}

/**
 * The environment of an ODC container as `NAME=value`, in the document's order. ODC_HOST is always set, since without it
 * the image's start script looks for an interface named eth0; ODC_MAPPING_PORT is the server's own port, since the
 * container uses the host's network and nodes call each other on the port they listen on themselves.
 */
export function renderOdcEnvironment(node: OdcEnvironment): string[] {
  return Object.entries({
    DATABASE_HOST: node.metaDb.host,
    DATABASE_PORT: node.metaDb.port,
    DATABASE_USERNAME: node.metaDb.username,
    DATABASE_PASSWORD: node.metaDb.password,
    DATABASE_NAME: node.metaDb.database,
    ODC_PROFILE_MODE: node.profileMode,
    ODC_ADMIN_INITIAL_PASSWORD: node.adminPassword,
    ODC_SERVER_PORT: node.port,
    ODC_HOST: node.address,
    ODC_MAPPING_PORT: node.port,
  }).map(([name, value]) => `${name}=${value}`);
}
