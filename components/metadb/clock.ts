import { sentence } from "../validation";
import type { MetaDbLook } from "./preflight";

/** A host's clock, as its facts tell it. */
export interface HostClock {
  host: string;
  /** Its clock minus that of the machine that asks. */
  clockSkewMs: number;
  /** How far its time zone is ahead of UTC. */
  utcOffsetMinutes: number;
}

/** How clocks of hosts and MetaDB may differ, where times that one of them writes are compared with those of another. */
export interface ClockRules {
  /** Largest difference, in milliseconds. */
  largestSkewMs: number;
  /** What suffers from more. */
  reason: string;
}

/**
 * Where the clock or the time zone of the MetaDB is not that of the hosts: a line for each host.
 * @param clocks of the hosts; the first is the one from which the MetaDB was looked at.
 */
export function clockProblems(look: MetaDbLook, clocks: HostClock[], { largestSkewMs, reason }: ClockRules): string[] {
  const { utcOffsetMinutes, clockSkewMs } = look;
  const [first] = clocks;
  if (utcOffsetMinutes === undefined || clockSkewMs === undefined || first === undefined) return [];
  return clocks.flatMap(({ host, ...clock }) => {
    const ahead = clock.clockSkewMs - first.clockSkewMs - clockSkewMs;
    const problems = [
      ...(Math.abs(ahead) <= largestSkewMs
        ? []
        : [
            sentence(
              `its clock is ${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? "ahead of" : "behind"} that of the MetaDB, and ${reason}; at most ${largestSkewMs / 1000} s are allowed`,
              "synchronise both (chrony, ntpd)",
            ),
          ]),
      ...(clock.utcOffsetMinutes === utcOffsetMinutes
        ? []
        : [
            sentence(
              `its time zone is ${zone(clock.utcOffsetMinutes)}, that of the MetaDB ${zone(utcOffsetMinutes)}, and ${reason}`,
              `set that of the host (timedatectl set-timezone), or of the MetaDB: SET GLOBAL time_zone = '${offset(clock.utcOffsetMinutes)}'`,
            ),
          ]),
    ];
    return problems.map((problem) => `host ${host}: ${problem}`);
  });
}

/** A time zone by its distance from UTC, such as UTC+05:30. */
export const zone = (minutes: number): string => `UTC${minutes === 0 ? "" : offset(minutes)}`;

function offset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}
