/** What is known of one ODC node. */
export interface OdcNodeStatus {
  /** Name of its host. */
  host: string;
  /** Address under which the other nodes call it (ODC_HOST). */
  address: string;
  /** Address and port on which it serves, without nginx. */
  endpoint: string;
  /** Name of its container. */
  container: string;
  /** Version that the running server reports; "unknown" when it does not, or its host is lost. */
  version: string;
  /** "healthy" or "unhealthy", as of the last `up` or `refresh`; "lost" with its host. */
  health: string;
}

/** What is known of one nginx. */
export interface OdcProxyStatus {
  /** Name of its host. */
  host: string;
  /** Address and port on which it serves. */
  endpoint: string;
  /** Name of its container. */
  container: string;
  /** The image it runs. */
  version: string;
  /** "healthy" when it reached an ODC node at the last `up` or `refresh`, else "unhealthy"; "lost" with its host. */
  health: string;
  /** Whether users reach this one: it has the virtual IP, or there is none. */
  active: boolean;
}

/** What is known of the certificate. */
export interface OdcCertificateStatus {
  /** When it ends, ISO 8601. From `renewBeforeDays` before that on `up` makes a new one. */
  expires: string;
  /** The certificate that users have to trust, in PEM (docs/trust.md); empty for a provided one. */
  trust: string;
}
