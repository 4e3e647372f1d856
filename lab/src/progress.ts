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

function toTask(plan: Plan): ListrTask {
  if ("run" in plan) {
    return {
      title: plan.title,
      task: async (_context, task) => {
        const began = Date.now();
        let line = "";
        const show = (): void => {
          const seconds = Math.round((Date.now() - began) / 1000);
          task.output = seconds < 2 ? line : `${line === "" ? "" : `${line} · `}${seconds} s`;
        };
        // a terminal shows the seconds passing; elsewhere a line per change is enough
        const timer = process.stdout.isTTY ? setInterval(show, 1000) : undefined;
        try {
          const result = await plan.run((text) => {
            line = text;
            show();
          });
          if (result !== undefined) task.title = `${plan.title}: ${result}`;
        } finally {
          clearInterval(timer);
        }
      },
    };
  }
  const concurrent = "together" in plan;
  const parts = concurrent ? plan.together : plan.inOrder;
  return {
    title: plan.title,
    task: (_context, task) => task.newListr(parts.map(toTask), { concurrent, exitOnError: true }),
  };
}

/** Runs the plans in order, showing each step with its time: live on a terminal, else one line per event. */
export async function runPlans(plans: readonly Plan[]): Promise<void> {
  const tasks = new Listr(plans.map(toTask), {
    rendererOptions: { collapseSubtasks: false, timer: PRESET_TIMER },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
  await tasks.run();
}
