import type { DeploymentStatus } from "../status";
import { escapeHtml } from "./escape";
import { panelsOf, type Box, type Panel } from "./panels";

/** Sizes in units of the drawing: as many as a phone has points beside its margins. */
const WIDTH = 340;
const MARGIN = 10;
const GAP = 8;
const COLUMNS = 3;
const HEAD = 24;
const BOX = 52;
const ARROW = 34;
const CLIENTS = 28;

/** Who talks to whom in a deployment, as SVG: clients above, then panel by panel; empty where it has no parts. */
export function renderTopology(deployment: DeploymentStatus): string {
  const panels = panelsOf(deployment);
  if (panels.length === 0) return "";
  const drawn: string[] = [];
  let top = 2;
  if (deployment.clients !== "") {
    drawn.push(renderClients(deployment.clients, top));
    top += CLIENTS;
  }
  for (const [i, panel] of panels.entries()) {
    if (i > 0 || deployment.clients !== "") {
      drawn.push(renderArrow(panel.by, top));
      top += ARROW;
    }
    drawn.push(renderPanel(panel, top));
    top += heightOf(panel);
  }
  const said = panels
    .map(({ title, boxes }) => `${title}: ${boxes.map((box) => `${box.title} ${box.health}`).join(", ")}`)
    .join("; ");
  return `<svg class="topology" viewBox="0 0 ${WIDTH} ${top + 2}" role="img" aria-label="${escapeHtml(`${deployment.clients} to ${said}`)}">
${drawn.join("\n")}
</svg>`;
}

const rowsOf = ({ boxes }: Panel): number => Math.ceil(boxes.length / columnsOf(boxes.length));

/** Four stand better in two rows of two than with one left over. */
const columnsOf = (count: number): number => (count === 4 ? 2 : Math.min(count, COLUMNS));

const heightOf = (panel: Panel): number => HEAD + rowsOf(panel) * (BOX + GAP) + 2;

const renderClients = (clients: string, top: number): string =>
  `<g class="clients"><rect x="${WIDTH / 2 - 75}" y="${top}" width="150" height="${CLIENTS}" rx="${CLIENTS / 2}"/><text x="${WIDTH / 2}" y="${top + 18}" text-anchor="middle">${escapeHtml(clients)}</text></g>`;

function renderArrow(by: string, top: number): string {
  const [x, end] = [WIDTH / 2, top + ARROW - 3];
  const label = by === "" ? "" : `<text x="${x + 9}" y="${top + ARROW / 2 + 3}">${escapeHtml(by)}</text>`;
  return `<g class="arrow"><path d="M${x} ${top + 2}V${end}M${x - 4.5} ${end - 6}L${x} ${end}L${x + 4.5} ${end - 6}"/>${label}</g>`;
}

function renderPanel(panel: Panel, top: number): string {
  const columns = columnsOf(panel.boxes.length);
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns;
  const boxes = panel.boxes.map((box, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    return renderBox(box, MARGIN + column * (width + GAP), top + HEAD + row * (BOX + GAP), width);
  });
  return `<g class="panel"><rect x="1" y="${top}" width="${WIDTH - 2}" height="${heightOf(panel)}" rx="10"/><text class="name" x="${MARGIN + 2}" y="${top + 16}">${escapeHtml(panel.title)}</text>
${boxes.join("\n")}</g>`;
}

/** Not by colour alone: some see none, and printers have none. */
const SIGNS: Record<Box["health"], string> = { healthy: "✓", unhealthy: "✕", unreachable: "?", lost: "–", outside: "" };

function renderBox({ title, lines, health, mark, hint }: Box, x: number, y: number, width: number): string {
  const textAt = (line: string, i: number): string =>
    `<text class="line" x="${x + 11}" y="${y + 31 + i * 13}">${escapeHtml(shortened(line, (width - 15) / 5.8))}</text>`;
  const badgeWidth = mark === "" ? 0 : mark.length * 5.6 + 12;
  const right = x + width - 8;
  const sign =
    SIGNS[health] === ""
      ? ""
      : `<text class="sign" x="${right}" y="${y + 17}" text-anchor="end">${SIGNS[health]}</text>`;
  const parts = [
    `<title>${escapeHtml(hint)}</title>`,
    `<rect class="body" x="${x}" y="${y}" width="${width}" height="${BOX}" rx="7"/>`,
    `<rect class="stripe" x="${x}" y="${y + 7}" width="4" height="${BOX - 14}" rx="2"/>`,
    `<text class="title" x="${x + 11}" y="${y + 17}">${escapeHtml(shortened(title, (width - 28 - badgeWidth) / 7.6))}</text>`,
    ...[sign, ...lines.slice(0, 2).map(textAt)],
    mark === "" ? "" : renderBadge(mark, right - 14 - badgeWidth, y + 6, badgeWidth),
  ];
  return `<g class="box ${health}${mark === "" ? "" : " marked"}">${parts.join("")}</g>`;
}

const renderBadge = (mark: string, x: number, y: number, width: number): string =>
  `<rect class="badge" x="${x}" y="${y}" width="${width}" height="14" rx="7"/><text class="badge" x="${x + width / 2}" y="${y + 10.3}" text-anchor="middle">${escapeHtml(mark)}</text>`;

/** A text that has room for so many characters; its middle goes first. */
function shortened(text: string, room: number): string {
  const most = Math.floor(room);
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}
