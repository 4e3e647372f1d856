import { dirname } from "node:path/posix";
import { readLogs, watchThing } from "../scripts/watched";
import { HostError } from "../ssh/host-error";
import type { Remote } from "../ssh/remote";
import { quoted, secretsIn } from "./log-words";

/** What is behind that which is waited for; exactly one of `container` and `unit`. */
export interface Watched {
  container?: string;
  unit?: string;
  logFiles: string[];
  supervisor?: { ended: string; gaveUp?: string };
}

/** When it is looked at for the first time, and then how often, in milliseconds. */
const firstLook = 1_000;
const lookInterval = 5_000;

/** A loop is this many endings, and that it goes on after this part of the time there is: a dependency may be late. */
const loopEndings = 3;
const patience = 0.25;

/** How long something may be stopped before nobody is expected to start it, in milliseconds. */
const stopLimit = 10_000;

const stepLimit = 15_000;

/** How many lines of a log are read to find those to show. */
const linesRead = 200;

/** Of how many log files the end is shown. */
const filesShown = 2;

/** How a container or unit is at one moment. */
interface Sight {
  /** How often Docker or systemd has started it again; not known of every systemd. */
  restarts?: number;
  /** When it was started, as Docker or systemd writes it. */
  started: string;
  /** It ended, and will be started again in a moment. */
  restarting: boolean;
  /** It does not run, and nothing will start it. */
  stopped?: string;
  /** Endings that its supervisor told of. */
  endings: number;
  /** Its supervisor starts nothing any more. */
  gaveUp: boolean;
}

/** Looks at what is behind that which is waited for, while that is not healthy: whether waiting helps, and what its log says. */
export class Watch {
  private readonly begun = Date.now();
  /** Since when its supervisor's words count: the beginning, or a repair. */
  private since = this.begun;
  private nextLook = this.begun + firstLook;
  private before: Sight | undefined;
  /** Endings but for those since `since` that a supervisor told of. */
  private counted = 0;
  private total = 0;
  private stoppedAt: number | undefined;

  /** @param timeout how long is waited, in milliseconds */
  constructor(
    private readonly watched: Watched | undefined,
    private readonly remote: Remote,
    private readonly timeout: number,
  ) {}

  /** What has been seen so far, for a status; empty when that is nothing. */
  get summary(): string {
    return this.total === 0 ? "" : ` (ended ${times(this.total)} so far)`;
  }

  /** Something was done about it: what it was before counts no more. */
  repaired(): void {
    this.counted += this.before?.endings ?? 0;
    this.before = this.before && { ...this.before, endings: 0, gaveUp: false };
    this.stoppedAt = undefined;
    this.since = Date.now();
  }

  /**
   * Looks, when it is time to.
   * @param repairable whether something is still to be done about it
   * @returns why waiting longer is no use; undefined when it may be
   */
  async look(repairable: boolean): Promise<string | undefined> {
    if (this.watched === undefined || Date.now() < this.nextLook) return undefined;
    const sight = await this.see(this.watched);
    this.nextLook = Date.now() + lookInterval;
    return sight && this.judge(sight, repairable);
  }

  /** What to do, where it logs, and the last that it logged. @param secrets never to be shown. */
  async advice(hopeless: boolean, secrets: readonly string[] = []): Promise<string> {
    const { watched } = this;
    if (watched === undefined) {
      return "see the log of what is probed on the host; give a longer timeout if it only needs more time";
    }
    const { container, unit, logFiles } = watched;
    const own = unit === undefined ? `docker logs ${container ?? ""}` : `journalctl -u ${unit}`;
    const places = [own, ...new Set(logFiles.map((file) => dirname(file)))].join(" and ");
    const fix = hopeless
      ? `correct what its log on the host says (${places}), and run it again`
      : `see its log on the host (${places}); give a longer timeout if it only needs more time`;
    const { name } = this.remote.target;
    const { absent, logs } = await this.logs(watched, secrets);
    const quotes = logs.map(
      ({ number, lines }) =>
        `\n  ${number === 0 ? own : logFiles[number - 1]} on ${name}:${lines.map((line) => `\n    ${line}`).join("")}`,
    );
    return `${absent ? `there is no ${this.what} any more, which pulumi up --refresh makes again; ` : ""}${fix}${quotes.join("")}`;
  }

  private judge(sight: Sight, repairable: boolean): string | undefined {
    const { before } = this;
    const now = Date.now();
    this.before = sight;
    this.counted += before === undefined ? 0 : restartsBetween(before, sight);
    const earlier = this.total;
    this.total = Math.max(earlier, this.counted + sight.endings);
    this.stoppedAt = sight.stopped === undefined ? undefined : (this.stoppedAt ?? now);
    const what = this.what;
    const waited = now - this.begun;
    const goesOn = this.total > earlier || sight.restarting;
    if (this.total >= loopEndings && goesOn && waited >= this.timeout * patience) {
      return `${what} restarts again and again, ${times(this.total)} so far`;
    }
    if (repairable) return undefined;
    if (sight.gaveUp && before?.gaveUp) {
      return `what runs in ${what} ended ${times(this.total)}, and its supervisor starts it no more`;
    }
    if (sight.stopped !== undefined && now - (this.stoppedAt ?? now) >= stopLimit) {
      return `${what} is ${sight.stopped}, and nothing starts it`;
    }
    return undefined;
  }

  private get what(): string {
    const { container, unit } = this.watched ?? {};
    return unit ?? `container ${container ?? ""}`;
  }

  private async see({ container = "", unit = "", supervisor }: Watched): Promise<Sight | undefined> {
    const seconds = Math.ceil((Date.now() - this.since) / 1000);
    const { ended = "", gaveUp = "" } = supervisor ?? {};
    const values = { container, unit, seconds, ended, gave_up: gaveUp };
    const step = { name: `look at ${this.what}`, script: watchThing, values, limit: stepLimit };
    const answer = await this.remote.run(step).catch(asUnknown);
    if (answer === undefined) return undefined;
    const lines = answer.body.toString("utf8").split("\n");
    const isGivenUp = gaveUp === "" ? () => false : (line: string) => line.includes(gaveUp);
    const last = lines.findLast((line) => line !== "") ?? "";
    const endings = lines.filter((line) => line.includes(ended) && !isGivenUp(line)).length;
    const shared = { endings: ended === "" ? 0 : endings };
    if (unit !== "") {
      const active = answer.get("ActiveState");
      return {
        ...shared,
        restarts: numberOf(answer.get("NRestarts")),
        started: answer.get("ExecMainStartTimestampMonotonic") ?? "",
        restarting: answer.get("SubState") === "auto-restart",
        stopped: active === "failed" || active === "inactive" ? active : undefined,
        gaveUp: isGivenUp(last),
      };
    }
    const status = answer.get("status");
    if (status === undefined) return undefined;
    const started = answer.get("started") ?? "";
    return {
      ...shared,
      restarts: numberOf(answer.get("restarts")),
      started,
      restarting: status === "restarting",
      stopped: ["exited", "dead", "created", "paused"].includes(status) ? status : undefined,
      // What it said before its container was started anew is not so any more.
      gaveUp: isGivenUp(last) && Date.parse(last.split(" ")[0] ?? "") > Date.parse(started),
    };
  }

  private async logs({ container = "", unit = "", logFiles }: Watched, secrets: readonly string[]) {
    // A minute more: what it is waited for may have been started before.
    const seconds = Math.ceil((Date.now() - this.begun) / 1000) + 60;
    const values = { container, unit, seconds, lines: linesRead };
    const step = { name: `read the log of ${this.what}`, script: readLogs, values, list: logFiles, limit: stepLimit };
    const answer = await this.remote.run(step).catch(asUnknown);
    if (answer === undefined) return { absent: false, logs: [] };
    const hidden = [...secrets, ...secretsIn(answer.all("env"))];
    const numbers = [0, ...logFiles.map((_file, index) => index + 1)];
    const logs = numbers.map((number) => ({ number, lines: quoted(answer.all(`line${number}`), hidden) }));
    const shown = logs.filter(({ lines }) => lines.length > 0).slice(0, filesShown + 1);
    return { absent: answer.get("absent") !== undefined, logs: shown };
  }
}

function restartsBetween(before: Sight, now: Sight): number {
  if (before.restarts === undefined || now.restarts === undefined) return before.started === now.started ? 0 : 1;
  return now.restarts < before.restarts ? now.restarts : now.restarts - before.restarts;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** A host that cannot be asked, or cannot tell, is no reason to end a wait. */
function asUnknown(error: unknown): undefined {
  if (error instanceof HostError) return undefined;
  throw error;
}
