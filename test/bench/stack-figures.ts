import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeBare } from "./hosts";
import type { Ours } from "./ours";
import type { Sample, Session } from "./session";
import type { BenchStack } from "./stack";
import type { Command } from "./measure";
import { tracedConnections } from "./trace";

/** A sample with the connections that the dbha plugin itself made, by host. */
export interface StackSample extends Sample {
  connections: Record<string, number>;
}

/** Samples by what was done, in the order of doing. */
export type StackFigures = Record<string, StackSample[]>;

/** Measures stack dev from bare hosts to bare hosts, and beside it the stack without resources. */
export async function measureStack(
  session: Session,
  ours: Ours,
  emptyStack: BenchStack,
  rounds: number,
): Promise<StackFigures> {
  const figures: StackFigures = {};
  const trace = join(session.folder, "trace.jsonl");
  for (let round = 0; round < rounds; round++) {
    const play = async (name: string, command: Command): Promise<void> => {
      rmSync(trace, { force: true });
      const traced = { ...command, env: { ...command.env, DBHA_TRACE: trace } };
      const sample = await session.sample(`stack dev, round ${round + 1} of ${rounds}: ${name}`, traced);
      (figures[name] ??= []).push({ ...sample, connections: tracedConnections(trace) });
    };
    const job = session.job();
    await makeBare(session.lab, job);
    await ours.forget(session.signal);
    await play("preview of an empty stack", emptyStack.command("preview"));
    await play("up of an empty stack", emptyStack.up());
    const up = ours.deploy(job);
    await play("first preview", ours.stack.command("preview"));
    await play("first up", up);
    await play("no-op up --refresh", up);
    await play("no-op up", ours.stack.command("up", "--yes", "--skip-preview"));
    await play("no-op preview", ours.stack.command("preview"));
    await play("no-op preview --refresh", ours.stack.command("preview", "--refresh"));
    await play("destroy", ours.destroy());
  }
  if (existsSync(trace)) rmSync(trace);
  return figures;
}
