/** What a licence allows. */
export interface LicenseTerms {
  /** Its last day, as 2042-01-01. */
  end: string;
  /** Memory of a node, in GB. */
  memory: number;
  /** Cores of a node. */
  cores: number;
  /** Nodes of the cluster. */
  nodes: number;
  client: string;
  /** `commercial`, `free`, `trial` and others, as license() tells it; the file has a number in its place, whose meaning is not public. */
  kind?: string;
  /** The latest server that it is for; empty for every one. */
  version: string;
}

/** Why a text is no licence. It never says what stands in it. */
export class NoLicense extends Error {}

const DATE = /^(\d{4})\.(\d{2})\.(\d{2})$/;

/**
 * Reads the text of dolphindb.lic: a line of `end,GB,cores,nodes,client,kind,modules,version,bindCPU`, then its signature.
 * @throws NoLicense
 */
export function parseLicense(text: string): LicenseTerms {
  const [line = "", ...signature] = text.split(/\r?\n/).map((one) => one.trim());
  if (line === "") throw new NoLicense('its first line is empty, for which the engine says "Invalid license file."');
  const [end = "", memory, cores, nodes, client, kind, , version = ""] = line.split(",").map((part) => part.trim());
  const [, year, month, day] = DATE.exec(end) ?? [];
  if (year === undefined) throw new NoLicense("its first line does not begin with a date like 2042.01.01");
  if (kind === undefined)
    throw new NoLicense("its first line has fewer than the six values end, GB, cores, nodes, client, kind");
  const numbers = [memory, cores, nodes].map((one) => (/^\d+$/.test(one ?? "") ? Number(one) : NaN)) as [
    number,
    number,
    number,
  ];
  if (numbers.some(Number.isNaN)) throw new NoLicense("GB, cores and nodes in its first line are not whole numbers");
  if (!signature.some((one) => /^[A-Za-z0-9+/]+=*$/.test(one)))
    throw new NoLicense("the signature below its first line is missing");
  return {
    end: [year, month, day].join("-"),
    ...{ memory: numbers[0], cores: numbers[1], nodes: numbers[2] },
    client: client ?? "",
    version,
  };
}

/**
 * Reads the dictionary that license() and updateLicense() answer.
 * @throws NoLicense when it is none
 */
export function licenseOf(told: Record<string, unknown>): LicenseTerms {
  const [, year, month, day] = DATE.exec(String(told.expiration)) ?? [];
  const number = (key: string): number => Number(told[key] ?? NaN);
  const terms = { memory: number("maxMemoryPerNode"), cores: number("maxCoresPerNode"), nodes: number("maxNodes") };
  if (year === undefined || Object.values(terms).some(Number.isNaN))
    throw new NoLicense("license() did not tell expiration, maxMemoryPerNode, maxCoresPerNode and maxNodes");
  const text = (key: string): string => (typeof told[key] === "string" ? told[key] : "");
  return {
    end: [year, month, day].join("-"),
    ...terms,
    client: text("clientName"),
    kind: text("authorization"),
    version: text("version"),
  };
}

/** Days from a day to the last one of a licence; less than 0 when it is over. @param today as 2026-11-29 */
export const daysLeft = ({ end }: Pick<LicenseTerms, "end">, today: string): number =>
  Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);

/** Kinds that the engine changes while nodes run. */
const CHANGED_ONLINE = ["commercial", "free", "trial"];

/** Why the engine would not take another licence while nodes run, a line each; none where it would. Client names are not told. */
export function onlineProblems(old: LicenseTerms, next: LicenseTerms): string[] {
  const found: string[] = [];
  if (old.kind !== undefined && !CHANGED_ONLINE.includes(old.kind))
    found.push(
      `the licence in force is of the kind ${old.kind}, and the engine changes ${CHANGED_ONLINE.join(", ")} alone`,
    );
  if (old.kind !== undefined && next.kind !== undefined && old.kind !== next.kind)
    found.push(`it is of the kind ${next.kind}, and the one in force ${old.kind}`);
  if (old.client !== next.client) found.push("it is for another client than the one in force");
  const units = { nodes: "nodes", cores: "cores", memory: "GB" } as const;
  for (const key of ["nodes", "cores", "memory"] as const)
    if (next[key] < old[key]) found.push(`it has ${next[key]} ${units[key]}, and the one in force ${old[key]}`);
  if (next.end <= old.end) found.push(`it ends on ${next.end}, not later than the one in force on ${old.end}`);
  return found;
}
