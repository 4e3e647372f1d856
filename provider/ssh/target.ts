import { bracketed } from "../resources/host-rules";

/** An SSH server and how it is recognised. */
export interface Endpoint {
  address: string;
  port: number;
  user: string;
  /** Pinned keys, `TYPE BASE64`. */
  hostKeys: string[];
  acceptUnknownHostKey: boolean;
}

/** A host as the SSH layer sees it: an endpoint with a name, perhaps behind a bastion. */
export interface Target extends Endpoint {
  name: string;
  /**
   * Under which names its credentials are looked for; the first that has some counts.
   * @default the host's name alone
   */
  credentialNames?: string[];
  /** Run steps as root by `sudo -n`. */
  sudo: boolean;
  bastion?: Endpoint;
  /** It is only gone through, for the host of that name. */
  isBastion?: true;
  /** Gone for good: never contacted. */
  lost?: boolean;
}

/** How a host is named in messages: `p1 (10.0.0.11)`, with the port where it is not 22. */
export function describeTarget(target: Pick<Target, "name" | "address" | "port">): string {
  return `${target.name} (${target.port === 22 ? target.address : `${bracketed(target.address)}:${target.port}`})`;
}

/** `user@address:port` of an endpoint. */
export function describeEndpoint(endpoint: Pick<Endpoint, "address" | "port" | "user">): string {
  return `${endpoint.user}@${endpoint.address}:${endpoint.port}`;
}

/** What two targets must share to share a connection; the pins count, so that no pinned host rides on an unverified one. */
export function connectionKey(target: Target): string {
  const endpoint = (e: Endpoint) => [e.address, e.port, e.user, e.acceptUnknownHostKey, [...e.hostKeys].sort()];
  return JSON.stringify([target.name, endpoint(target), target.bastion ? endpoint(target.bastion) : null]);
}

/** The bastion of a target as a target of its own; it is logged in to with its own credentials or those of the host behind it. */
export function bastionTarget(target: Target, bastion: Endpoint): Target {
  return {
    ...bastion,
    name: target.name,
    credentialNames: [bastion.address, target.name],
    sudo: false,
    isBastion: true,
  };
}
