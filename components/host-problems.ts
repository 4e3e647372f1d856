import type { HostFacts } from "../provider/resources";
import { sentence } from "./validation";

/** Architectures that tarballs cover, by their argument. */
export interface Coverage {
  tarballs: string;
  covered: string[];
}

const GIB = 2 ** 30;

/** What an image's tarballs cover; an image from a registry is left out. @param name the image's argument, like "proxy.image". */
export const coverageOf = (
  name: string,
  image: { tarballs?: object | undefined; hostTarballs?: object | undefined },
): Coverage[] =>
  (["tarballs", "hostTarballs"] as const).flatMap((kind) => {
    const tarballs = image[kind];
    return tarballs ? [{ tarballs: `${name}.${kind}`, covered: Object.keys(tarballs) }] : [];
  });

export function architectureProblems({ architecture }: HostFacts, { tarballs, covered }: Coverage): string[] {
  if (covered.includes(architecture)) return [];
  return [
    sentence(
      `is of architecture ${architecture}, and ${tarballs} has only ${covered.join(" and ")}`,
      `give ${tarballs}.${architecture}`,
    ),
  ];
}

/** The file system that a path is on, or will be. */
export function diskOf({ disks }: HostFacts, path: string): HostFacts["disks"][number] | undefined {
  const above = disks.filter(({ mount }) => path === mount || path.startsWith(mount === "/" ? "/" : `${mount}/`));
  return above.sort((a, b) => b.mount.length - a.mount.length)[0];
}

/**
 * @param least free space in GiB that a node needs at a path.
 * @param other where else it could be.
 */
export function diskProblems(
  facts: HostFacts,
  path: string,
  least: number,
  other = "another directory in mounts",
): string[] {
  const disk = diskOf(facts, path);
  if (disk === undefined || disk.freeBytes >= least * GIB) return [];
  const free = (disk.freeBytes / GIB).toFixed(1);
  return [
    sentence(
      `has ${free} GiB free on ${disk.mount} for ${path}, and a node needs ${least}`,
      `make room, or choose ${other}`,
    ),
  ];
}

/**
 * Between the nodes, the host that is ahead and the one that is behind.
 * @param largest difference in milliseconds that `what` allow, like "sessions".
 */
export function skewProblems(nodes: { name: string; facts: HostFacts }[], largest: number, what: string): string[] {
  const sorted = [...nodes].sort((a, b) => a.facts.clockSkewMs - b.facts.clockSkewMs);
  const [behind, ahead] = [sorted[0], sorted.at(-1)];
  if (behind === undefined || ahead === undefined) return [];
  const skew = ahead.facts.clockSkewMs - behind.facts.clockSkewMs;
  if (skew <= largest) return [];
  return [
    `hosts ${behind.name} and ${ahead.name}: ${sentence(
      `their clocks are ${(skew / 1000).toFixed(1)} s apart, and ${what} allow ${largest / 1000}`,
      "synchronise them (chrony, ntpd)",
    )}`,
  ];
}
