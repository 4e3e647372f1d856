/** What is known of one node. */
export interface DolphinNodeStatus {
  /** Its alias, by which the cluster knows it. */
  alias: string;
  /** "controller", "agent", "datanode" or "computenode". */
  kind: string;
  /** Name of its host. */
  host: string;
  /** Its address and port. */
  endpoint: string;
  /** "online" or "offline", as of the last `up` or `refresh`; "lost" with its host. */
  state: string;
  /** What the running program says of its version; empty where it was not asked. */
  version: string;
}

/** What is known of the licence in force. */
export interface DolphinLicenseStatus {
  /** `commercial`, `free`, `trial` and others, as the engine calls it. */
  kind: string;
  /** Its last day, as 2042-01-01. */
  end: string;
  /** Days until then. */
  daysLeft: number;
  /** Data and compute nodes that it allows. */
  nodes: number;
  /** Cores that a node may use. */
  cores: number;
  /** GB that a node may use. */
  memory: number;
}
