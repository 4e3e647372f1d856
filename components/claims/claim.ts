import { posix } from "node:path";

/** TCP ports that something listens on. */
export interface PortClaim<H> {
  kind: "port";
  host: H;
  argument: string;
  first: number;
  last: number;
  /** What they are for, where no argument names them. */
  what?: string;
}

/** A name that a host has once. */
export interface NameClaim<H> {
  kind: "container" | "unit" | "user";
  host: H;
  argument: string;
  name: string;
}

/** A directory of a host. */
export interface DirectoryClaim<H> {
  kind: "directory";
  host: H;
  argument: string;
  path: string;
  /** What happens in it. Of `own` one program alone may write there; `purged` goes with all that is in it; `shared` stays until it is empty. */
  use: "own" | "purged" | "shared";
}

/** An address that moves between hosts. */
export interface AddressClaim<H> {
  kind: "address";
  hosts: H[];
  argument: string;
  address: string;
  prefixLength: number;
  routerId: number;
}

/** What a deployment takes of its hosts, and nothing else there may have. */
export type Claim<H> = PortClaim<H> | NameClaim<H> | DirectoryClaim<H> | AddressClaim<H>;

/** The claims of a deployment. */
export interface Claims<H> {
  /** Its kind and name, as messages call it. */
  owner: string;
  claims: Claim<H>[];
}

/** The hosts of a claim. */
export const hostsOf = <H>(claim: Claim<H>): H[] => (claim.kind === "address" ? claim.hosts : [claim.host]);

/** One port, or several, on each of some hosts. */
export const ports = <H>(hosts: H[], argument: string, first: number, last = first, what?: string): Claim<H>[] =>
  hosts.map((host) => ({ kind: "port", host, argument, first, last, what }));

export const names = <H>(kind: NameClaim<H>["kind"], hosts: H[], argument: string, name: string): Claim<H>[] =>
  hosts.map((host) => ({ kind, host, argument, name }));

export const directories = <H>(hosts: H[], argument: string, path: string, use: DirectoryClaim<H>["use"]): Claim<H>[] =>
  hosts.map((host) => ({ kind: "directory", host, argument, path: posix.join(path, "."), use }));

/** What goes with all that is in it unless it is kept; either way one program alone writes there. */
export const ownOr = (isKept: boolean): "own" | "purged" => (isKept ? "own" : "purged");
