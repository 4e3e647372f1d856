import { blot } from "../blot";
import { requestOver } from "../http-request";
import type { Context } from "../kinds/kind";
import { HostError } from "../ssh/host-error";
import { Unopened } from "../ssh/remote";
import { parseAnswer, type DolphinAnswer, type DolphinValue } from "./answer";
import { DolphinRefused } from "./refusal";
import { NEW_SESSION, renderCall, type DolphinArgument, type DolphinRequest } from "./request";
import { Silent, WrongPassword } from "./silence";
import { present, type ClusterAccess, type Site } from "./site";

/** How long an answer may take, in milliseconds; functions that take longer are asynchronous. */
const answerLimit = 60_000;

/** How much of an answer is read, in bytes: chunks are many. */
const sizeLimit = 64 * 1024 * 1024;

const wrongPassword = "The user name or password is incorrect";

/** What a node says to a session that it does not know any more: it was started again since. */
const loggedOut = /login first|login in first|Login is required|Only administrators? (support|is allowed)/;

/** A call of a function, or of a script by `executeCode`. */
export interface NodeCall {
  name: string;
  params?: Record<string, DolphinArgument>;
}

/** Sessions of admin, or with an empty password of a guest, with the nodes of a cluster, each over the SSH connection of its own host: no password is on a network in clear. */
export class NodeSessions {
  private readonly sessions = new Map<string, string>();
  /** The password that was accepted last. */
  private password: string;

  constructor(
    private readonly access: ClusterAccess,
    private readonly passwords: readonly [string, ...string[]],
    private readonly context: Context,
  ) {
    this.password = passwords[0];
  }

  /** The password that admin has. */
  get accepted(): string {
    return this.password;
  }

  /**
   * Asks a node as admin, who logs in where that is needed.
   * @throws DolphinRefused, Silent, WrongPassword
   */
  async ask(site: Site, { name, params = {} }: NodeCall): Promise<DolphinValue> {
    const known = this.sessions.get(site.alias);
    const session = known ?? (await this.logIn(site));
    try {
      return (await this.post(site, renderCall(session, name, params))).value;
    } catch (error) {
      if (!(error instanceof DolphinRefused) || known === undefined || !loggedOut.test(error.said)) throw error;
      this.sessions.delete(site.alias);
      return (await this.post(site, renderCall(await this.logIn(site), name, params))).value;
    }
  }

  private async logIn(site: Site): Promise<string> {
    if (this.password === "") return NEW_SESSION;
    for (const password of new Set([this.password, ...this.passwords])) {
      try {
        const { session } = await this.post(site, renderCall(NEW_SESSION, "login", { userId: "admin", password }));
        this.password = password;
        this.sessions.set(site.alias, session);
        return session;
      } catch (error) {
        if (!(error instanceof DolphinRefused) || !error.said.includes(wrongPassword)) throw error;
      }
    }
    throw new WrongPassword(site.alias);
  }

  private async post({ alias, host, port }: Site, { path, body }: DolphinRequest): Promise<DolphinAnswer> {
    const machine = present(this.access.hosts).find(({ address }) => address === host);
    if (machine === undefined)
      throw new Silent(`no host of the cluster that is known here has the address ${host}`, false);
    const target = { scheme: this.access.https ? "https" : "http", address: host, port } as const;
    const step = `ask ${alias} on port ${port}`;
    const request = { ...target, method: "POST", path, body, limit: sizeLimit } as const;
    let begun = false;
    try {
      const { status, body: answer } = await this.context
        .remote(machine.host)
        .forward(step, answerLimit, host, port, (stream) => {
          begun = true;
          return requestOver(stream, request);
        });
      if (status !== 200) throw new Error(`HTTP ${status}`);
      return parseAnswer(answer);
    } catch (error) {
      if (error instanceof DolphinRefused) throw new DolphinRefused(blot(error.said, this.passwords));
      if (error instanceof HostError && error.trouble === "cancelled") throw error;
      const said =
        error instanceof HostError || error instanceof Unopened
          ? error.message
          : `it broke off (${blot(messageOf(error), this.passwords)})`;
      throw new Silent(said, begun);
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
