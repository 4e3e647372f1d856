/** A line of a chart: a value for some of the marks on the horizontal axis. */
export interface Line {
  name: string;
  points: { at: number; value: number }[];
}

export interface Chart {
  title: string;
  /** What the axes show, with the unit. */
  horizontal: string;
  vertical: string;
  lines: readonly Line[];
}

const SIZE = { width: 720, height: 420 };
const FIELD = { left: 64, top: 48, right: 200, bottom: 56 };
const WIDTH = SIZE.width - FIELD.left - FIELD.right;
const HEIGHT = SIZE.height - FIELD.top - FIELD.bottom;
/** Told apart by those who see few colours too (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** A chart of lines as SVG text, both axes logarithmic: hosts and seconds grow by factors. */
export function svgChart({ title, horizontal, vertical, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const marks = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const ticks = ticksFor(points.map(({ value }) => value));
  const x = scale(marks[0] ?? 1, marks.at(-1) ?? 1, FIELD.left, FIELD.left + WIDTH);
  const y = scale(ticks[0] ?? 1, ticks.at(-1) ?? 1, FIELD.top + HEIGHT, FIELD.top);
  const grid = ticks.map(
    (tick) =>
      `<path d="M${FIELD.left} ${y(tick)}h${WIDTH}" stroke="#ddd"/>${text(FIELD.left - 8, y(tick) + 4, String(tick), "end")}`,
  );
  const axis = marks.map((mark) => text(x(mark), FIELD.top + HEIGHT + 20, String(mark), "middle"));
  const drawn = lines.flatMap((line, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? "#000";
    const sorted = [...line.points].sort((a, b) => a.at - b.at);
    const path = sorted.map(({ at, value }) => `${x(at)},${y(value)}`).join(" ");
    const dots = sorted.map(({ at, value }) => `<circle cx="${x(at)}" cy="${y(value)}" r="3" fill="${colour}"/>`);
    const row = FIELD.top + 12 + i * 20;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...dots,
      `<path d="M${FIELD.left + WIDTH + 16} ${row - 4}h20" stroke="${colour}" stroke-width="2"/>`,
      text(FIELD.left + WIDTH + 42, row, line.name, "start"),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#fff"/>`,
    text(FIELD.left, 24, title, "start", ' font-weight="bold"'),
    ...grid,
    ...axis,
    text(FIELD.left + WIDTH / 2, SIZE.height - 14, horizontal, "middle"),
    text(FIELD.left - 48, FIELD.top - 10, vertical, "start"),
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

/** Places a value on a logarithmic axis, with one figure after the point. */
function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const whole = Math.log(high / low) || 1;
  return (value) => Math.round((from + ((to - from) * Math.log(value / low)) / whole) * 10) / 10;
}

/** 1, 2 and 5 with their tenfolds around all values. */
function ticksFor(values: readonly number[]): number[] {
  const all = [-2, -1, 0, 1, 2, 3, 4].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(first, 0), last < 0 ? undefined : last + 1);
}

const text = (x: number, y: number, content: string, anchor: string, more = ""): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}"${more}>${escaped(content)}</text>`;

const escaped = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
