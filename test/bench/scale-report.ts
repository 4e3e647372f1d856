import { goal, type Goal } from "./goals";
import type { RoleFigures, ScaleFigures, ScaleSample } from "./scale-figures";
import { EMPTY, PYINFRA, SCALE_STEPS, type ScaleStep } from "./scale-tools";
import { median, ratios, summarize } from "./stats";
import type { Chart } from "./svg-chart";
import { seconds, table, times } from "./table";

/** Figures by number of hosts. */
export type FiguresByHosts = ReadonlyMap<number, ScaleFigures>;

/** Number of hosts for which there are goals. */
const JUDGED = 100;
const AT_MOST = { up: 15, "no-op": 8, ratio: 0.5, pluginMiB: 200 };

const isOurs = (tool: string): boolean => tool.startsWith("dbha");

/** Seconds, log-ins and processor time of all tools, for each number of hosts. */
export function scaleTable(figures: FiguresByHosts): string {
  const rows = [...figures].flatMap(([hosts, byTool]) =>
    Object.entries(byTool).map(([tool, steps]) => [
      `${hosts} hosts, ${tool}`,
      ...SCALE_STEPS.map((step) => spread(steps[step]?.map((sample) => sample.seconds))),
      each(steps, ({ cpuSeconds }) => seconds(cpuSeconds)),
      tool === EMPTY ? "" : each(steps, ({ hostsCpuSeconds }) => seconds(hostsCpuSeconds)),
      tool === EMPTY ? "" : each(steps, ({ logins }) => range(logins.least, logins.most)),
      tool === EMPTY ? "" : each(steps, ({ channels }) => channels.toFixed(1)),
      middle(steps, "no-op", ({ peakMiB }) => peakMiB),
    ]),
  );
  const own = ["CPU", "hosts' CPU", "log-ins a host", "channels a host"].map((name) => `${name}, up / no-op`);
  return table(["seconds", ...SCALE_STEPS, ...own, "peak MiB no-op"], rows);
}

/** What each process of dbha held at most, over all steps. */
export function roleTable(figures: FiguresByHosts): string {
  const rows = [...figures].flatMap(([hosts, byTool]) =>
    Object.entries(byTool)
      .filter(([tool]) => isOurs(tool))
      .flatMap(([tool, steps]) =>
        Object.entries(mostOf(Object.values(steps).flat()))
          .filter(([role]) => role !== "other")
          .map(([role, { peakMiB, descriptors, sockets }]) => [
            `${hosts} hosts, ${tool}: ${role}`,
            Math.round(peakMiB).toString(),
            String(descriptors),
            String(sockets),
          ]),
      ),
  );
  return table(["process, at most", "peak MiB", "open files", "of them sockets"], rows);
}

/** What is aimed at for a hundred hosts with twenty files each, and what was reached. */
export function scaleGoals(figures: FiguresByHosts): Goal[] {
  const byTool = figures.get(JUDGED) ?? {};
  return Object.entries(byTool)
    .filter(([tool]) => isOurs(tool))
    .flatMap(([tool, steps]) => {
      const ofSteps = (["up", "no-op"] as const).flatMap((step) => {
        const own = secondsOf(byTool, tool, step);
        const empty = secondsOf(byTool, EMPTY, step);
        const peer = secondsOf(byTool, PYINFRA, step);
        if (own.length === 0) return [];
        return [
          ...(empty.length === 0
            ? []
            : [goal(`${tool} - empty stack, ${step}, s`, AT_MOST[step], above(own, empty), seconds)]),
          ...(peer.length === 0 ? [] : [goal(`${tool} / pyinfra, ${step}`, AT_MOST.ratio, ratios(own, peer), times)]),
        ];
      });
      const plugin = Object.values(steps)
        .flat()
        .map(({ roles }) => roles["dbha plugin"]?.peakMiB ?? 0);
      const ofPlugin = plugin.length === 0 ? [] : [Math.max(...plugin)];
      return [
        ...ofSteps,
        ...ofPlugin.map((most) =>
          goal(`${tool}: dbha plugin, peak MiB`, AT_MOST.pluginMiB, summarize([most]), (value) => value.toFixed(0)),
        ),
      ];
    });
}

/** Seconds of a step by number of hosts, a line for each tool. */
export const scaleChart = (figures: FiguresByHosts, step: ScaleStep, files: number): Chart => ({
  title: `${step}, ${files} small files a host: seconds by number of hosts`,
  horizontal: "hosts",
  vertical: "seconds",
  lines: [...new Set([...figures.values()].flatMap((byTool) => Object.keys(byTool)))].map((tool) => ({
    name: tool,
    points: [...figures].flatMap(([at, byTool]) => {
      const taken = secondsOf(byTool, tool, step);
      return taken.length === 0 ? [] : [{ at, value: median(taken) }];
    }),
  })),
});

function mostOf(samples: readonly ScaleSample[]): Record<string, RoleFigures> {
  const most: Record<string, RoleFigures> = {};
  for (const { roles } of samples)
    for (const [role, { peakMiB, descriptors, sockets }] of Object.entries(roles)) {
      const known = (most[role] ??= { peakMiB: 0, descriptors: 0, sockets: 0 });
      known.peakMiB = Math.max(known.peakMiB, peakMiB);
      known.descriptors = Math.max(known.descriptors, descriptors);
      known.sockets = Math.max(known.sockets, sockets);
    }
  return most;
}

const secondsOf = (byTool: ScaleFigures, tool: string, step: ScaleStep): number[] =>
  (byTool[tool]?.[step] ?? []).map((sample) => sample.seconds);

const above = (own: readonly number[], empty: readonly number[]) =>
  summarize(own.map((value, round) => value - (empty[round] ?? median(empty))));

/** "12.3 (11.9-13.0)", or the value alone of a single round. */
function spread(values: readonly number[] | undefined): string {
  if (values === undefined) return "";
  const { min, median: centre, max } = summarize(values);
  return values.length === 1 ? seconds(centre) : `${seconds(centre)} (${seconds(min)}-${seconds(max)})`;
}

/** Of the last round: of `up`, and of the no-op. */
const each = (steps: ScaleFigures[string], show: (sample: ScaleSample) => string): string =>
  (["up", "no-op"] as const)
    .map((step) => steps[step]?.at(-1))
    .map((sample) => (sample === undefined ? "" : show(sample)))
    .join(" / ");

function middle(steps: ScaleFigures[string], step: ScaleStep, of: (sample: ScaleSample) => number): string {
  const samples = steps[step] ?? [];
  return samples.length === 0 ? "" : Math.round(median(samples.map(of))).toString();
}

const range = (low: number, high: number): string => (low === high ? String(low) : `${low}-${high}`);
