import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { hook, hooksAreKnown } from "../hook";
import { report } from "../validation";
import type { Changes } from "./change";
import { changedPaths, describeChanges, type PlainArgs } from "./compare";
import { noted, plain } from "./noted";
import { tellChanges } from "./told";

/** What a component says of changes beyond what each of them does. */
export interface ChangeWatch {
  /** Why a change cannot be made now, a line each. */
  refuse?: (paths: string[], old: PlainArgs, next: PlainArgs) => Promise<string[]>;
  /** What is to be known of it, a warning each. */
  warn?: (old: PlainArgs, next: PlainArgs) => string[];
}

/**
 * The arguments of a component, noted in the state as its inputs: so a preview shows which of them change, also where all that
 * comes of it is a secret environment. Preview and update tell what becomes of each, and refuse what cannot be before anything
 * changes; then the state keeps the former arguments.
 */
export class NotedArgs {
  readonly inputs: pulumi.Inputs;
  readonly options: pulumi.ComponentResourceOptions;
  /** Set by the component as soon as it can; the engine asks after that. */
  watch: ChangeWatch = {};
  /** The component, for messages. */
  resource?: pulumi.Resource;

  /** @param component its kind and name, as in "OdcHaDeployment odc". */
  constructor(
    private readonly component: string,
    private readonly changes: Changes,
    schema: z.ZodType,
    args: unknown,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    const checked = schema.safeParse(args);
    if (isPartOfAnother(opts)) {
      this.inputs = {};
      this.options = opts;
      return;
    }
    this.inputs = checked.success ? (noted(checked.data) as pulumi.Inputs) : {};
    // refused arguments take nobody's place
    this.options = checked.success ? { ...opts, hooks: this.hooks(opts.hooks) } : { ...opts, ignoreChanges: ["*"] };
  }

  private hooks(given: pulumi.ResourceHookBinding | undefined): pulumi.ResourceHookBinding | undefined {
    if (!hooksAreKnown()) return given;
    const told = hook(`changes of ${this.component}`, (args) => this.tell(args), { onDryRun: true });
    return { ...given, beforeUpdate: [...(given?.beforeUpdate ?? []), told] };
  }

  private async tell({ oldInputs, newInputs }: pulumi.ResourceHookArgs): Promise<void> {
    const old = await plain(oldInputs as PlainArgs);
    const next = await plain(newInputs as PlainArgs, old);
    // a component whose first arguments were refused has none
    if (Object.keys(old).length === 0) return;
    const { changes, resource, watch } = this;
    const paths = changedPaths(changes, old, next);
    const never = paths.filter((path) => changes[path]?.effect === "refused");
    const refusals = [...describeChanges(changes, never), ...((await watch.refuse?.(paths, old, next)) ?? [])];
    if (refusals.length > 0) throw new Error(report(`${this.component}: a change was refused`, refusals));
    const told = describeChanges(changes, paths);
    if (told.length > 0) void pulumi.log.info(tellChanges(told), resource);
    for (const warning of watch.warn?.(old, next) ?? []) void pulumi.log.warn(warning, resource);
  }
}

/** The arguments of a component within another one are of that one's making. */
export const isPartOfAnother = ({ parent }: pulumi.ComponentResourceOptions = {}): boolean =>
  (parent as { __pulumiType?: string } | undefined)?.__pulumiType?.startsWith("dbha:index:") === true;
