import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../kinds/kind";
import { HostError } from "../ssh/host-error";
import type { DolphinValue } from "./answer";
import { NodeSessions, type NodeCall } from "./node-session";
import { DolphinRefused, isPassing, leaderIn } from "./refusal";
import { NoLeader, Silent, WrongPassword } from "./silence";
import { controllersOf, isLost, present, type ClusterAccess, type Site } from "./site";
import { viewOf, type ClusterView } from "./view";

/** Between two questions while something is awaited, in milliseconds. */
const interval = 500;

/** What is asked of the leader. */
export interface LeaderCall extends NodeCall {
  /** Doing it twice is not the same as doing it once: where a connection broke under it, it is not begun again. */
  once?: boolean;
}

/** A running cluster, asked through its controllers: one after the other, since several at once have made them hang. */
export class DolphinCluster {
  readonly sessions: NodeSessions;
  private leader: Site | undefined;

  /**
   * @param passwords of admin, tried in this order
   * @param first alias of the controller that is asked first
   */
  constructor(
    readonly access: ClusterAccess,
    passwords: readonly [string, ...string[]],
    private readonly context: Context,
    private first = "",
  ) {
    this.sessions = new NodeSessions(access, passwords, context);
  }

  /**
   * What the first controller that answers sees; nodes of lost hosts are offline, which it may not have noticed yet.
   * @throws NoLeader when none answers
   */
  async view(): Promise<ClusterView> {
    const answer = await this.anyController({ name: "executeCode", params: { script: "getClusterPerf(true)" } });
    const view = viewOf(answer, (site) => isLost(this.access.hosts, site));
    // others may be behind it
    if (view.leader !== undefined) this.first = view.leader.alias;
    return view;
  }

  /**
   * What the first controller that answers says.
   * @throws NoLeader when none answers
   */
  anyController(call: NodeCall): Promise<DolphinValue> {
    const controllers = controllersOf(this.access.hosts, this.leader?.alias ?? this.first);
    const key = `DolphinDB ${controllers.map(({ address }) => address).join()}`;
    return this.context.exclusively(key, async () => {
      const heard: string[] = [];
      let wrong: WrongPassword | undefined;
      for (const { site } of controllers) {
        try {
          return await this.sessions.ask(site, call);
        } catch (error) {
          // one that follows may not have heard of a new password yet
          if (error instanceof WrongPassword) wrong = error;
          else if (!(error instanceof Silent || error instanceof DolphinRefused)) throw error;
          heard.push(`${site.alias}: ${error.message}`);
        }
      }
      if (wrong !== undefined) throw wrong;
      const all = this.access.hosts.filter(({ controller }) => controller !== undefined).length;
      throw new NoLeader(`no controller answers, and ${majorityOf(all)} of ${all} have to (${heard.join("; ")})`);
    });
  }

  /**
   * The cluster as its leader sees it, once there is one that serves.
   * @param step what for, in errors
   */
  async led(step: string): Promise<ClusterView & { leader: Site }> {
    const found = await this.until(step, this.access.electionTimeout, "a leader", async () => {
      const view = await this.view();
      const { leader } = view;
      if (leader === undefined) throw new NoLeader(leaderless(view));
      const ready = await this.sessions.ask(leader, { name: "isControllerInitialized" });
      if (ready.form !== "scalar" || ready.value !== true)
        throw new NoLeader(`${leader.alias} leads, and waits for the transactions of the one before`);
      return { ...view, leader };
    });
    this.leader = found.leader;
    return found;
  }

  /**
   * Has the leader do something; a refusal that passes is waited for, and another leader gone to.
   * @param step what for, in errors
   * @throws HostError with what the engine said
   */
  async onLeader(step: string, call: LeaderCall): Promise<DolphinValue> {
    if (this.leader === undefined) await this.led(step);
    return this.until(step, this.access.electionTimeout, `an answer to ${nameOf(call)}`, async () => {
      const site = this.leader ?? (await this.led(step)).leader;
      try {
        return await this.sessions.ask(site, call);
      } catch (error) {
        if (error instanceof DolphinRefused && !isPassing(error.said)) throw this.refused(step, site, call, error);
        if (error instanceof Silent && error.mayBeDone && call.once === true)
          throw this.problem(
            site,
            step,
            `${site.alias} did not say whether ${nameOf(call)} was done: ${error.message}`,
            "run it again, which looks first",
          );
        this.leader = this.leaderNamedBy(error);
        throw error;
      }
    });
  }

  /** Asks one node, and not again. @throws HostError with what the engine said */
  async onNode(step: string, site: Site, call: NodeCall): Promise<DolphinValue> {
    try {
      return await this.sessions.ask(site, call);
    } catch (error) {
      if (error instanceof DolphinRefused) throw this.refused(step, site, call, error);
      throw this.explained(step, error);
    }
  }

  /**
   * Tries until it succeeds, the time is over, or what is met does not pass.
   * @param limit in seconds
   * @param what is awaited, in errors
   */
  async until<T>(step: string, limit: number, what: string, attempt: () => Promise<T>): Promise<T> {
    const { cancelled } = this.context;
    const end = Date.now() + limit * 1000;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const passes =
          error instanceof Silent ||
          error instanceof NoLeader ||
          error instanceof DolphinRefused ||
          error instanceof NotYet;
        if (!passes) throw this.explained(step, error);
        if (cancelled.aborted)
          throw this.problem(undefined, step, `stopped: ${String(cancelled.reason)}`, "run it again");
        if (Date.now() >= end)
          throw this.problem(
            undefined,
            step,
            `${what} was not there within ${limit} s: ${error.message}`,
            fixFor(error),
          );
        this.context.status(`${what} is awaited: ${error.message}`);
      }
      await pause(interval, undefined, { signal: cancelled }).catch(() => undefined);
    }
  }

  /**
   * What is asked of a cluster that may be down.
   * @param silent gives what stands for it where no controller answers, and is told why
   * @throws HostError of a password that is not admin's
   */
  async ifUp<T, N>(step: string, asked: Promise<T>, silent: (why: NoLeader) => N): Promise<T | N> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof NoLeader) return silent(error);
      throw this.explained(step, error);
    }
  }

  /** A problem in words, on the host of a node, or of the first controller. */
  problem(site: Site | undefined, step: string, problem: string, fix: string): HostError {
    const hosts = present(this.access.hosts);
    const host = (hosts.find(({ address }) => address === site?.host) ?? controllersOf(hosts)[0] ?? hosts[0])?.host;
    if (host === undefined)
      throw new Error(`${step}: all hosts of the cluster are marked as lost; fix: leave the cluster out`);
    return this.context.remote(host).problem(step, problem, fix);
  }

  /** What a step met, as a user can act on it. */
  explained(step: string, error: unknown): unknown {
    if (error instanceof WrongPassword)
      return this.problem(
        undefined,
        step,
        error.message,
        "somebody changed it: give the one that it has, or set it back (resetPwd by another administrator)",
      );
    if (error instanceof Silent || error instanceof NoLeader)
      return this.problem(undefined, step, error.message, fixFor(error));
    return error;
  }

  private refused(step: string, site: Site, call: NodeCall, { said }: DolphinRefused): HostError {
    return this.problem(
      site,
      step,
      `${site.alias} refused ${nameOf(call)}: ${said}`,
      "correct what it names, and run it again",
    );
  }

  private leaderNamedBy(error: unknown): Site | undefined {
    const named = error instanceof DolphinRefused ? leaderIn(error.said) : undefined;
    return controllersOf(this.access.hosts)
      .map(({ site }) => site)
      .find(({ host, port }) => host === named?.host && port === named.port);
  }
}

/** What is awaited is not so yet. */
export class NotYet extends Error {}

/** For a moment a node that has just started does not know users yet. @throws NotYet for a password that it refuses */
export function notKnownYet(error: unknown): never {
  throw error instanceof WrongPassword ? new NotYet(error.message) : error;
}

/** A script says by its first word what it calls. */
const nameOf = ({ name, params = {} }: NodeCall): string =>
  name === "executeCode" ? (/^\w+/.exec(String(params.script))?.[0] ?? "a script") : name;

/** How many controllers elect a leader. */
const majorityOf = (controllers: number): number => Math.floor(controllers / 2) + 1;

/** Why nobody leads. */
export function leaderless({ nodes }: ClusterView): string {
  const controllers = nodes.filter(({ mode }) => mode === "controller");
  const online = controllers.filter(({ isOnline }) => isOnline).length;
  const needed = majorityOf(controllers.length);
  const offline = controllers.filter(({ isOnline }) => !isOnline).map(({ alias }) => alias);
  return online < needed
    ? `${online} of ${controllers.length} controllers are online, and ${needed} have to be for one to lead; offline: ${offline.join(", ")}`
    : "the controllers are electing one";
}

const fixFor = (error: Error): string =>
  error instanceof NoLeader || error instanceof Silent
    ? "start the controllers that do not answer, and see their logs; mark a host that is gone for good as lost"
    : "see the log of the controller that leads, and run it again";
