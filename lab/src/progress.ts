import { Listr, PRESET_TIMER, type ListrTask } from "listr2";

/** Says what a step does right now. */
export type Say = (line: string) => void;

/** A step of a lab command, with a result shown when it is done. */
export interface Step {
  title: string;
  run: (say: Say) => Promise<string | undefined>;
}

/** Steps that follow one another, and groups whose parts run side by side. */
export type Plan = Step | { title: string; together: readonly Plan[] } | { title: string; inOrder: readonly Plan[] };

function toTask(plan: Plan, failures: unknown[]): ListrTask {
  if ("run" in plan) return { title: plan.title, task: (_context, task) => runStep(plan, task, failures) };
  // parts that run side by side are all waited for: none goes on after the command has ended
  const options =
    "together" in plan ? { concurrent: true, exitOnError: false } : { concurrent: false, exitOnError: true };
  const parts = "together" in plan ? plan.together : plan.inOrder;
  return {
    title: plan.title,
    task: (_context, task) =>
      task.newListr(
        parts.map((part) => toTask(part, failures)),
        options,
      ),
  };
}

async function runStep(step: Step, task: { title?: string; output?: string }, failures: unknown[]): Promise<void> {
  const began = Date.now();
  let line = "";
  const show = (): void => {
    const seconds = Math.round((Date.now() - began) / 1000);
    // a terminal shows the line below the step's title; in a log lines of several steps mix
    const parts = [process.stdout.isTTY ? "" : step.title, line, seconds < 2 ? "" : `${seconds} s`];
    task.output = parts.filter((part) => part !== "").join(" · ");
  };
  // a terminal shows the seconds passing; a log gets a line now and then
  const timer = setInterval(show, process.stdout.isTTY ? 1000 : 10_000);
  try {
    const result = await step.run((text) => {
      line = text;
      show();
    });
    if (result !== undefined) task.title = `${step.title}: ${result}`;
  } catch (error) {
    failures.push(error);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Runs the plans in order, showing each step with its time: live on a terminal, else one line per event. Throws the first failure. */
export async function runPlans(plans: readonly Plan[]): Promise<void> {
  const failures: unknown[] = [];
  const tasks = new Listr(
    plans.map((plan) => ({ ...toTask(plan, failures), skip: () => failures.length > 0 })),
    {
      exitOnError: true,
      rendererOptions: { collapseSubtasks: false, timer: PRESET_TIMER },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  await tasks.run();
  if (failures.length > 0) throw failures[0];
}
