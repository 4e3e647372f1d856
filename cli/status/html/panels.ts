import { shapeOf, VIRTUAL_IP, type Layer } from "../model/shapes";
import type { DeploymentStatus, PartStatus } from "../status";

/** A box of the diagram. */
export interface Box {
  title: string;
  /** Lines below the title. */
  lines: string[];
  /** What colours it; "outside" is what is not looked at. */
  health: PartStatus["health"] | "outside";
  /** What makes it special: that it leads, or has the virtual IP. */
  mark: string;
  /** All that is known, shown when it is pointed at. */
  hint: string;
}

/** Boxes that do the same, one below the other in the diagram: each panel talks to the next. */
export interface Panel {
  title: string;
  /** How the one above talks to it. */
  by: string;
  boxes: Box[];
}

/** The panels of a deployment below its clients; none of what has no parts. */
export function panelsOf(deployment: DeploymentStatus): Panel[] {
  const { layers } = shapeOf(deployment);
  const inLayer = ({ key }: Layer): PartStatus[] => deployment.parts.filter(({ layer }) => layer === key);
  const own = layers.filter(({ isBacking }) => isBacking !== true);
  const first = own.find((layer) => inLayer(layer).length > 0)?.by ?? "";
  const panels = [
    ...deployment.virtualIps.map(({ name, address }) => ({
      title: `virtual IP ${address}`,
      by: first,
      boxes: inLayer(VIRTUAL_IP)
        .filter(({ endpoint }) => endpoint === address || endpoint === "" || endpoint === name)
        .map(virtualBox),
    })),
    ...merged(own.map((layer) => ({ title: plural(layer.part), by: layer.by, boxes: inLayer(layer).map(boxOf) }))),
    backingPanel(deployment, layers.filter(({ isBacking }) => isBacking === true).flatMap(inLayer)),
  ];
  return panels.filter(({ boxes }) => boxes.length > 0);
}

/** Layers that are talked to in the same way stand beside each other. */
function merged(panels: Panel[]): Panel[] {
  const found: Panel[] = [];
  for (const panel of panels.filter(({ boxes }) => boxes.length > 0)) {
    const before = found.at(-1);
    if (before?.by === panel.by) {
      before.title = `${before.title}, ${panel.title}`;
      before.boxes.push(...panel.boxes);
    } else found.push(panel);
  }
  return found;
}

function backingPanel({ uses }: DeploymentStatus, parts: PartStatus[]): Panel {
  const outside = uses.map(({ name, address }): Box => ({
    ...{ title: name, lines: [address], health: "outside", mark: "" },
    hint: `${name} at ${address}, not looked at`,
  }));
  return { title: "used by it", by: uses[0]?.by ?? "", boxes: [...outside, ...parts.map(boxOf)] };
}

function boxOf(part: PartStatus): Box {
  const { alias, host, endpoint, version, health, leads } = part;
  return {
    title: host,
    lines: [alias, endpoint, version].filter((line) => line !== ""),
    ...{ health, mark: leads === true ? "leader" : "", hint: hintOf(part) },
  };
}

function virtualBox(part: PartStatus): Box {
  const { host, health, leads } = part;
  const standing = health === "healthy" ? ["stands by"] : [];
  const lines = leads === true ? ["has the address"] : standing;
  return { title: host, lines, health, mark: leads === true ? "holder" : "", hint: hintOf(part) };
}

const hintOf = ({ part, alias, host, endpoint, version, health, problem }: PartStatus): string =>
  [
    `${part} ${alias} on ${host}`.replace("  ", " "),
    endpoint,
    version,
    problem === "" ? health : `${health}: ${problem}`,
  ]
    .filter((text) => text !== "")
    .join(", ");

const plural = (part: string): string =>
  /^(nginx|InfluxDB)$/.test(part) ? part : part.endsWith("y") ? `${part.slice(0, -1)}ies` : `${part}s`;
