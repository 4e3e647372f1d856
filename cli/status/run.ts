import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { InputError } from "../command";
import { renderPage } from "./html/page";
import { judge } from "./judge/judge";
import { Looker } from "./look/look";
import { modelOf, type Model } from "./model/model";
import type { Options } from "./options";
import { renderPrometheus } from "./render/prometheus";
import { coloured, renderText } from "./render/text";
import { exportState } from "./state/export";
import { parseState } from "./state/state";
import { EXIT_CODES, type Status } from "./status";

/** How long a state is taken for the present one while hosts are watched, in milliseconds: asking for it costs more than a look. */
const STATE_AGE = 60_000;

/**
 * Looks, once or again and again, and shows what was found.
 * @returns the exit code of the last look.
 * @throws InputError where no state can be had, or the page cannot be written.
 */
export async function run(options: Options): Promise<number> {
  const { stack, watch } = options;
  const looker = new Looker();
  const stopped = new AbortController();
  const stop = (): void => {
    stopped.abort();
    looker.close();
  };
  const isStopped = (): boolean => stopped.signal.aborted;
  if (watch !== undefined) process.once("SIGINT", stop).once("SIGTERM", stop);
  let model = modelOf(parseState(await exportState(stack)));
  let read = Date.now();
  let code = 0;
  try {
    for (;;) {
      const status = judge(model, await looker.look(model));
      if (isStopped()) return code;
      code = EXIT_CODES[status.level];
      show(status, options);
      if (watch === undefined) return code;
      await pause(watch * 1000, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (isStopped()) return code;
      if (Date.now() - read > STATE_AGE) [model, read] = [await readAgain(stack, model), Date.now()];
    }
  } finally {
    looker.close();
  }
}

/** A state that cannot be had for once is no reason to stop watching. */
async function readAgain(stack: string | undefined, before: Model): Promise<Model> {
  try {
    return modelOf(parseState(await exportState(stack)));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(`dbha: ${error.message}`);
    return before;
  }
}

/** Clears a terminal, and goes to its start. */
const CLEAR = "\u001b[2J\u001b[3J\u001b[H";

function show(status: Status, { format, html, watch }: Options): void {
  const { isTTY } = process.stdout;
  if (html !== undefined) writePage(html, renderPage(status, watch));
  if (format === "json") process.stdout.write(`${JSON.stringify(status, null, watch === undefined ? 2 : undefined)}\n`);
  else if (format === "prometheus") process.stdout.write(renderPrometheus(status));
  else {
    const hasColours = isTTY && !process.env.NO_COLOR;
    const text = renderText(status, hasColours ? coloured : undefined);
    process.stdout.write(watch !== undefined && isTTY ? `${CLEAR}${text}` : text);
  }
}

/** Puts a whole page in place: a web server may be reading it. */
function writePage(file: string, page: string): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, page);
    renameSync(unfinished, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      `${file} cannot be written: ${code ?? message}; fix: name a file in a folder that you may write to`,
    );
  }
}
