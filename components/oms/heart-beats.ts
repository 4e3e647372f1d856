import { sentence } from "../validation";
import type { OmsHeartBeat } from "./metadb-answers";
import type { OmsMetaDbRegion } from "./metadb";

/** After so many seconds without a heart beat the CM takes a supervisor for gone (CM-RESOAT000011). */
export const SILENT_SECONDS = 60;

/** After so many seconds without one OMS's HA takes a component for gone (checkModuleExceptionIntervalSec). */
export const IDLE_SECONDS = 240;

type RegionNodes = Pick<OmsMetaDbRegion, "location" | "nodes">;

/** A node as the MetaDB sees it. */
export interface OmsNodeBeat {
  location: number;
  ip: string;
  alive: boolean;
  /** Seconds since its supervisor's last heart beat; missing when there was none. */
  age?: number;
}

/** Which nodes beat, in the order of the regions and their nodes. */
export const nodeBeats = (regions: RegionNodes[], beats: OmsHeartBeat[]): OmsNodeBeat[] =>
  regions.flatMap(({ location, nodes }) =>
    nodes.map((ip) => {
      const beat = beats.find((one) => one.location === location && one.ip === ip);
      return { location, ip, alive: isFresh(beat), ...(beat && { age: beat.age }) };
    }),
  );

const isFresh = (beat: OmsHeartBeat | undefined): boolean => beat !== undefined && beat.age <= SILENT_SECONDS;

/** What is wrong with the heart beats: a line for each node that is silent, and for each address that beats and is no node's. */
export function beatProblems(regions: RegionNodes[], beats: OmsHeartBeat[]): string[] {
  const silent = nodeBeats(regions, beats).filter(({ alive }) => !alive);
  const strangers = beats.filter(
    (beat) =>
      isFresh(beat) && !regions.some(({ location, nodes }) => location === beat.location && nodes.includes(beat.ip)),
  );
  return [
    ...silent.map(({ location, ip, age }) =>
      sentence(
        `region ${location}: the supervisor of node ${ip} has had no heart beat ${age === undefined ? "yet" : `for ${age} s`}, and one is due every ${SILENT_SECONDS} s at most`,
        "see that oms_drc_supervisor is RUNNING in its container (supervisorctl status) and reaches the MetaDB, and that OMS_HOST_IP is this address",
      ),
    ),
    ...strangers.map(({ location, ip }) =>
      sentence(
        `region ${location}: a supervisor has heart beats as ${ip}, which is no address of a node`,
        "see that every container has the OMS_HOST_IP of its own host, or remove the node that was forgotten there",
      ),
    ),
  ];
}
