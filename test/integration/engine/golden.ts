/**
 * Golden states: what the real CLI leaves in state after each step of each scenario of the program `things`.
 * Written anew with `DBHA_PULUMI=/path/to/pulumi npx tsx test/integration/engine/golden.ts`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Workspace } from "./workspace";

interface Act {
  /** `up` unless said otherwise. */
  command?: string[];
  /** Value of `step` for the program; the act's number unless said otherwise. */
  program?: number;
  /** The call of the provider at which the run is killed; see the fixture plugin. */
  killedAt?: string;
  /** Done to the store before. */
  tamper?: (store: string) => void;
}

const up: Act = {};

/** What is done in each scenario; after that the stack is destroyed. */
export const SCENARIOS: Record<string, Act[]> = {
  basic: [up, up, up],
  replace: [up, up],
  deleteFirst: [up, up],
  deleteFirstOption: [up, up],
  aliases: [up, up, up],
  removal: [up, up],
  options: [up, up],
  providers: [up, up, up],
  unhealthy: [up, up, up],
  deleteFirstTree: [up, up],
  replaceChain: [up, up],
  protect: [up, up, up, up, { command: ["destroy"] }, up],
  retain: [up, up, up],
  deletedWith: [up, up, up, up],
  ignoreChanges: [up, up],
  replaceOnChanges: [up, up, up],
  customTimeouts: [up, up, up],
  failures: [up, up, up, up, up, up, up, { program: 1, command: ["refresh"] }],
  secrets: [up, up, up],
  components: [up, up, up],
  moves: [up, up],
  rewire: [up, up, up],
  hooks: [up, up, up, up, up],
  updateHooks: [up, up, up, up],
  interrupted: [
    { killedAt: "2 before" },
    { command: ["refresh", "--clear-pending-creates"], program: 1 },
    { program: 1 },
    { killedAt: "1 before", program: 2 },
    { program: 2 },
    { killedAt: "1 before", program: 3 },
    { command: ["refresh", "--clear-pending-creates"], program: 3 },
    { killedAt: "2 before", program: 3 },
    { program: 3 },
    { killedAt: "1 before", program: 4 },
    { program: 4 },
    { command: ["destroy"], killedAt: "1 before", program: 4 },
  ],
  drift: [
    up,
    { command: ["refresh"], program: 1, tamper: disturb },
    { program: 1 },
    { command: ["up", "--refresh"], program: 1, tamper: disturb },
    { command: ["refresh"], program: 1 },
    { command: ["destroy", "--refresh"], program: 1, tamper: disturb },
  ],
};

/** Scenarios whose dependencies leave one order only: there the order of the provider's calls is compared too. */
const ORDERED = new Set(["deleteFirstTree", "replaceChain"]);

/** Changes what the thing of key "a" holds and loses the one of key "b". */
function disturb(store: string): void {
  for (const file of readdirSync(store)) {
    const path = join(store, file);
    if (file.startsWith("a-"))
      writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), value: "tampered" }));
    if (file.startsWith("b-")) rmSync(path);
  }
}

/** The state after one step, and what the step told. */
export interface Step {
  exitCode: number;
  changes: Record<string, number>;
  calls: string[];
  state: unknown;
  /** What was in flight when the run was killed. */
  pending?: unknown;
}

const FOLDER = resolve("test/fixtures/golden");

export function readGolden(scenario: string): Step[] {
  return JSON.parse(readFileSync(join(FOLDER, `${scenario}.json`), "utf8")) as Step[];
}

/** Runs a scenario step by step. */
export async function runScenario(engine: string, scenario: string): Promise<Step[]> {
  const workspace = await Workspace.create(engine);
  try {
    workspace.configure({ scenario });
    await workspace.mustRun("config", "set", "--secret", "note", "hush");
    const steps: Step[] = [];
    const acts = [...(SCENARIOS[scenario] ?? []), { command: ["destroy"] }];
    for (const [index, act] of acts.entries()) {
      workspace.configure({ step: act.program ?? index + 1 });
      const before = workspace.calls.length;
      act.tamper?.(workspace.store);
      const flags = ["--yes", "--skip-preview", "--non-interactive", "--json"];
      const args = [...(act.command ?? ["up"]), ...flags];
      const { killedAt } = act;
      const { code, stdout } = killedAt ? await workspace.killAt(args, killedAt, true) : await workspace.run(...args);
      // the real CLI would heed the lock of its dead predecessor
      if (killedAt) rmSync(workspace.locks, { recursive: true, force: true });
      const calls = workspace.calls.slice(before);
      const { resources = [], pending_operations: pending = [] } = workspace.state;
      steps.push({
        exitCode: code,
        changes: changesOf(stdout),
        calls: ORDERED.has(scenario) ? calls : calls.sort(),
        state: normalise(resources, workspace),
        ...(killedAt && {
          pending: pending.map(({ type, resource }) => ({ type, resource: normalise([resource], workspace) })),
        }),
      });
    }
    return steps;
  } finally {
    workspace.remove();
  }
}

function changesOf(stdout: string): Record<string, number> {
  const lines = stdout.split("\n").filter((line) => line.includes('"summaryEvent"'));
  const last = lines[lines.length - 1];
  if (last === undefined) return {};
  const event = JSON.parse(last) as { summaryEvent: { resourceChanges?: Record<string, number> } };
  return event.summaryEvent.resourceChanges ?? {};
}

const LEFT_OUT = new Set(["created", "modified", "sourcePosition", "stackTrace"]);

/** Takes out what differs from run to run: times, ciphertexts, made-up ids, paths and the order of dependencies; resources are sorted by URN. */
function normalise(resources: unknown[], workspace: Workspace): unknown {
  const text = JSON.stringify(resources, (key, value: unknown) =>
    LEFT_OUT.has(key)
      ? undefined
      : key === "ciphertext"
        ? "CIPHERTEXT"
        : key === "dependencies"
          ? [...(value as string[])].sort()
          : value,
  )
    .replaceAll(workspace.root, "ROOT")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
    .replace(/\b(\w+)-[0-9a-f]{8}\b/g, "$1-ID");
  const sorted = (JSON.parse(text) as Record<string, unknown>[]).sort((left, right) =>
    keyOf(left) < keyOf(right) ? -1 : 1,
  );
  return sorted.map((resource) => Object.fromEntries(Object.entries(resource).sort()));
}

function keyOf(resource: Record<string, unknown>): string {
  return `${String(resource.urn)} ${String(resource.delete)}`;
}

if (require.main === module) {
  const engine = process.env.DBHA_PULUMI;
  if (!engine || !existsSync(engine)) throw new Error("DBHA_PULUMI must name the real CLI");
  mkdirSync(FOLDER, { recursive: true });
  void (async () => {
    const wanted = process.argv.slice(2);
    for (const scenario of wanted.length > 0 ? wanted : Object.keys(SCENARIOS)) {
      const steps = await runScenario(engine, scenario);
      writeFileSync(join(FOLDER, `${scenario}.json`), `${JSON.stringify(steps, null, 1)}\n`);
      process.stdout.write(
        `${scenario}: ${steps.map(({ exitCode, changes }) => `${exitCode} ${JSON.stringify(changes)}`).join(" | ")}\n`,
      );
    }
  })();
}
