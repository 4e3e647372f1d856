import type { Properties } from "../../../provider/wire";
import type { Shown } from "../model/servers";

/** How a host answered. */
export type SeenHost =
  | { state: "reached"; addresses: readonly string[]; files: ReadonlyMap<string, number | undefined> }
  | { state: "lost" }
  /** Why not, in words. */
  | { state: "unreachable"; problem: string };

/** How a container is: as Docker calls its state, and its health where it has a check for it. */
export interface SeenContainer {
  id: string;
  state: string;
  image: string;
  health: string;
}

/** What could not be looked at. */
export type Unseen =
  /** Its host was not reached. */
  | { state: "hidden" }
  /** Why not, in words. */
  | { state: "unknown"; problem: string };

/** What was found in place of a resource. */
export type SeenResource =
  /** It is there; `differs` are paths at which it is not as it was deployed. */
  | { state: "found"; properties: Properties; differs: readonly string[] }
  | { state: "container"; container: SeenContainer; differs: readonly string[] }
  | { state: "gone" }
  | Unseen;

/** The certificate that a server shows. */
export type SeenCertificate = ({ state: "shown" } & Shown) | Unseen;

/** A DolphinDB cluster as its controllers see it; nobody leads where `leader` is empty, none answers where there are no nodes. */
export interface SeenCluster {
  leader: string;
  nodes: readonly { alias: string; state: string; version: string }[];
}

/** What a look at the hosts found. */
export interface Look {
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** By name. */
  hosts: ReadonlyMap<string, SeenHost>;
  /** By URN. */
  resources: ReadonlyMap<string, SeenResource>;
  /** By URN of the resource that knows the cluster's nodes. */
  clusters: ReadonlyMap<string, SeenCluster>;
  /** By URN of the probe that connects to the server. */
  certificates: ReadonlyMap<string, SeenCertificate>;
}
