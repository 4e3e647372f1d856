import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { ComponentOrder } from "../../provider/resources/component-order";
import { wasCutOff } from "../host";

/** How long an error may take to reach the engine before the order ends without it, in milliseconds. */
const deliveryLimit = 5_000;

/** An order that is being done. */
interface UnderWay {
  /** Resolved when the engine was told of an error that nobody in it waits for; undefined without one. */
  failure?: Promise<void>;
  /** Ends it: what does wait for something that failed would do so for ever. */
  end: () => void;
  /** Does something in the order's run. */
  inRun: ReturnType<typeof AsyncLocalStorage.snapshot>;
}

const current = new AsyncLocalStorage<UnderWay>();
const underWay = new Set<UnderWay>();

/** What the engine is told, until it is. One error reaches many outputs, and comes back from each. */
const told = new Map<string, Promise<void>>();

/** The last order; errors may come after it is done. */
let last: UnderWay | undefined;

/**
 * Does an order, and tells the engine of each error once, without a stack trace: beside the resource that it is of, as with a program
 * in TypeScript. Errors that nobody waits for would end the plugin otherwise.
 * @throws Error that says that the component was not made
 */
export async function toldOnce<T>(order: ComponentOrder, work: (order: ComponentOrder) => Promise<T>): Promise<T> {
  if (last === undefined) process.on("unhandledRejection", tellUnhandled);
  let end: UnderWay["end"] = () => undefined;
  const ended = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
  const one: UnderWay = (last = { end, inRun: AsyncLocalStorage.snapshot() });
  underWay.add(one);
  try {
    const made = await Promise.race([current.run(one, () => work(order)), ended]);
    if (one.failure === undefined && made !== undefined) return made;
    await one.failure;
  } catch (error) {
    await tell(error, one);
  } finally {
    underWay.delete(one);
  }
  throw new Error(`${order.type.replace(/^.*:/, "")} ${order.name} was not made; why is told beside this`);
}

/** Without the context of the order that it is of, an error is one of each that is under way: what was not made is no success. */
function tellUnhandled(error: unknown): void {
  const own = current.getStore();
  const teller = own ?? last;
  if (teller === undefined) return;
  const telling = tell(error, teller);
  for (const one of own ? [own] : underWay) {
    one.failure = telling;
    void telling.then(one.end);
  }
}

/** Resolved when the engine has it, whoever told it first. */
function tell(error: unknown, { inRun }: UnderWay): Promise<void> {
  if (wasCutOff(error)) return Promise.resolve();
  const message = error instanceof Error ? error.message : String(error);
  const resource = pulumi.ResourceError.isInstance(error) ? error.resource : undefined;
  const telling = told.get(message) ?? inRun(() => delivered(pulumi.log.error(message, resource)));
  told.set(message, telling);
  return telling;
}

/** A message that does not arrive is no reason to wait for long. */
async function delivered(message: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, deliveryLimit)));
  await Promise.race([message.catch(() => undefined), limit]);
  clearTimeout(timer);
}
