import { aliasesOf, type NodeRow, siteOf } from "./node-rows";

/** What is done, in this order, for cluster.nodes to become what is described. */
export type NodesStep =
  | { does: "add agent"; node: NodeRow }
  | { does: "add node"; node: NodeRow }
  | { does: "start"; aliases: string[] }
  | { does: "move replicas"; alias: string }
  | { does: "stop"; aliases: string[] }
  | { does: "remove node"; alias: string }
  /** saveClusterNodes with all rows, which replaces the file on every controller. */
  | { does: "save"; rows: NodeRow[] }
  /** One after the other, the leader last. */
  | { does: "restart controllers" }
  /** All nodes stop, the files of controllers and agents are written, and all start in the order of a deployment. */
  | { does: "restart cluster" };

export interface NodesPlan {
  steps: NodesStep[];
  /** What happens, a line each. */
  told: string[];
  /** Why it cannot be done, a line each; then there are no steps. */
  refused: string[];
}

export interface NodesContext {
  /** Replicas of every chunk. */
  replicas: number;
  /** Whether an agent that is added knows its nodes before a restart: DolphinDB 3.00.3 or later. */
  agentsOnline: boolean;
}

interface Difference {
  added: NodeRow[];
  removed: NodeRow[];
  edited: { was: NodeRow; becomes: NodeRow }[];
}

/**
 * The plan from the rows in force to those described.
 * @param before as the leader tells them.
 */
export function planNodes(before: readonly NodeRow[], after: readonly NodeRow[], context: NodesContext): NodesPlan {
  const found = difference(before, after);
  const refused = refusals(before, after, found, context);
  if (refused.length > 0) return { steps: [], told: [], refused };
  // compute nodes keep nothing: a changed one goes and comes
  const changedCompute = found.edited.filter(({ was }) => was.mode === "computenode");
  const edited = found.edited.filter(({ was }) => was.mode !== "computenode");
  const added = [...found.added, ...changedCompute.map(({ becomes }) => becomes)];
  const removed = [...found.removed, ...changedCompute.map(({ was }) => was)];
  const of = (rows: NodeRow[], ...modes: NodeRow["mode"][]): NodeRow[] =>
    rows.filter(({ mode }) => modes.includes(mode));
  const agents = of(added, "agent");
  const movesAgent = of(removed, "agent").some(({ host }) => agents.some((one) => one.host === host));
  const restartsAll =
    edited.length > 0 ||
    of([...added, ...removed], "controller").length > 0 ||
    (agents.length > 0 && (movesAgent || !context.agentsOnline));
  const joining = restartsAll ? [] : of(added, "datanode", "computenode");
  const leavingCompute = aliasesOf(of(removed, "computenode"));
  const leavingData = aliasesOf(of(removed, "datanode"));
  const isSaved = restartsAll || leavingData.length > 0 || of(removed, "agent").length > 0;
  const steps: NodesStep[] = [
    ...(leavingCompute.length > 0 ? [{ does: "stop" as const, aliases: leavingCompute }] : []),
    ...leavingCompute.map((alias) => ({ does: "remove node" as const, alias })),
    ...(restartsAll ? [] : agents.map((node) => ({ does: "add agent" as const, node }))),
    ...joining.map((node) => ({ does: "add node" as const, node })),
    ...(joining.length > 0 ? [{ does: "start" as const, aliases: aliasesOf(joining) }] : []),
    ...leavingData.map((alias) => ({ does: "move replicas" as const, alias })),
    ...(leavingData.length > 0 ? [{ does: "stop" as const, aliases: leavingData }] : []),
    ...(isSaved ? [{ does: "save" as const, rows: [...after] }] : []),
    ...(restartsAll ? [{ does: "restart cluster" as const }] : []),
    ...(isSaved && !restartsAll ? [{ does: "restart controllers" as const }] : []),
  ];
  return { steps, told: tell(found, restartsAll, isSaved), refused };
}

function difference(before: readonly NodeRow[], after: readonly NodeRow[]): Difference {
  const find = (rows: readonly NodeRow[], alias: string): NodeRow | undefined =>
    rows.find((row) => row.alias === alias);
  const text = (row: NodeRow): string => [siteOf(row), row.mode, row.group, row.zone].join();
  return {
    added: after.filter(({ alias }) => find(before, alias) === undefined),
    removed: before.filter(({ alias }) => find(after, alias) === undefined),
    edited: after.flatMap((becomes) => {
      const was = find(before, becomes.alias);
      return was === undefined || text(was) === text(becomes) ? [] : [{ was, becomes }];
    }),
  };
}

function refusals(
  before: readonly NodeRow[],
  after: readonly NodeRow[],
  { added, removed, edited }: Difference,
  { replicas }: NodesContext,
): string[] {
  const found = edited.flatMap(({ was, becomes }) => {
    const { alias } = was;
    if (was.mode !== becomes.mode)
      return [`${alias} is a ${was.mode} and would become a ${becomes.mode}; fix: give the new node another alias`];
    if (was.mode !== "datanode" || was.host === becomes.host) return [];
    return [
      `data node ${alias} would move from ${was.host} to ${becomes.host}, and its data stay where they are; fix: add a data node under another alias there, then take this one away`,
    ];
  });
  const renamed = removed.flatMap((was) => {
    const becomes = added.find((one) => one.host === was.host && one.port === was.port && one.mode === was.mode);
    if (was.mode !== "datanode" || becomes === undefined) return [];
    return [
      `data node ${was.alias} would be called ${becomes.alias}, and replicas are known by its alias; fix: take the former one back, or add ${becomes.alias} on another port, then take ${was.alias} away`,
    ];
  });
  const dataNodes = after.filter(({ mode }) => mode === "datanode").length;
  const tooFew =
    removed.some(({ mode }) => mode === "datanode") && dataNodes < replicas
      ? [`${dataNodes} data nodes would be left for ${replicas} replicas; fix: add others first`]
      : [];
  return [...found, ...renamed, ...tooFew, ...controllerRefusals(before, after)];
}

/** Controllers that come know nothing. Those that stay have to be the majority of the former group and of the new one. */
function controllerRefusals(before: readonly NodeRow[], after: readonly NodeRow[]): string[] {
  const sites = (rows: readonly NodeRow[]): string[] =>
    rows.filter(({ mode }) => mode === "controller").map((row) => siteOf(row));
  const [former, next] = [sites(before), sites(after)];
  const kept = next.filter((site) => former.includes(site)).length;
  const needed = Math.floor(Math.max(former.length, next.length) / 2) + 1;
  if (former.length === 0 || kept >= needed) return [];
  return [
    `${kept} of ${former.length} controllers would stay in a group of ${next.length}, and ${needed} must, so that those who know the metadata outvote the others; fix: change fewer at a time`,
  ];
}

function tell({ added, removed, edited }: Difference, restartsAll: boolean, isSaved: boolean): string[] {
  return [
    ...added.map(
      ({ mode, alias, host }) => `${mode} ${alias} on ${host} is added${restartsAll ? "" : ", while all others serve"}`,
    ),
    ...removed.map(({ mode, alias }) =>
      mode === "datanode" ? `datanode ${alias} goes, when its replicas have moved to others` : `${mode} ${alias} goes`,
    ),
    ...edited.map(({ was, becomes }) =>
      was.mode === "computenode"
        ? `computenode ${was.alias} is taken away and added anew with what has changed`
        : `${was.mode} ${was.alias} changes from ${siteOf(was)}${placeOf(was)} to ${siteOf(becomes)}${placeOf(becomes)}`,
    ),
    ...(restartsAll
      ? ["the whole cluster is stopped and started: the engine takes such rows at a start alone"]
      : isSaved
        ? ["controllers restart one after the other, the leader last"]
        : []),
  ];
}

const placeOf = ({ zone }: NodeRow): string => (zone === "" ? "" : ` in ${zone}`);
