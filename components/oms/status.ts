/** What is known of one node of OMS. */
export interface OmsNodeStatus {
  /** Name of its host. */
  host: string;
  /** Code of its region (cm_location). */
  location: number;
  /** Its address in the cluster (OMS_HOST_IP). */
  address: string;
  /** Address and port of its console, without the region's address. */
  endpoint: string;
  /** Name of its container. */
  container: string;
  /** Version of OMS that it was made with. */
  version: string;
  /** "healthy" when its services ran, it reached its region's address and its console answered at the last `up` or `refresh`, else "unhealthy"; "lost" with its host. */
  health: string;
  /** States of its services as supervisord has them, by name; empty while they are not all RUNNING. */
  services: Record<string, string>;
  /** State of its server as the MetaDB has it (host_status), like "ONLINE"; empty while something is wrong in the MetaDB. */
  server: string;
  /** "alive" when its supervisor had a heart beat in the last 60 s at the last `up` or `refresh`, else "silent"; empty like `server`. */
  heartBeats: string;
}

/** What is known of one region. */
export interface OmsRegionStatus {
  /** Its code (cm_location). */
  location: number;
  /** Its name; empty where it has none. */
  region: string;
  /** URL of its CM (cm_url). */
  cmUrl: string;
  /** Where users open the console through it. */
  url: string;
  /** Name of the host that has the virtual IP; empty where the address is somebody else's, or nobody has it. */
  holder: string;
}

/** What is known of the InfluxDB that is deployed beside OMS. */
export interface OmsInfluxDbStatus {
  /** Name of its host. */
  host: string;
  /** Address and port under which the nodes reach it (tsdb_url). */
  url: string;
  /** Its user, with all privileges; the password is in the output `tsdbPassword`. */
  username: string;
  /** "healthy" when it took its user and refused who is none at the last `up` or `refresh`, else "unhealthy". */
  health: string;
}

/** What is known of the certificate. */
export interface OmsCertificateStatus {
  /** When it ends, ISO 8601. */
  expires: string;
  /** The certificate that users have to trust, in PEM; empty for a provided one. */
  trust: string;
}
