import { checkConfig } from "../../../provider/config";
import { Session, type SessionLog } from "../../../provider/session";
import { traceFromEnvironment } from "../../../provider/ssh/trace";
import { InputError } from "../../command";
import type { State } from "../state/state";

/** What the plugin would say beside resources is in what it reads, too. */
const silent: SessionLog = {
  status: () => undefined,
  fail: () => undefined,
  warn: () => undefined,
  note: () => undefined,
  settle: () => undefined,
  delivered: () => Promise.resolve(),
};

/**
 * Sessions of the plugin's, one for each configuration of credentials in a state. They keep their connections from one look to
 * the next.
 */
export class Sessions {
  private readonly open = new Map<string, Session>();

  /**
   * The session of a provider resource.
   * @param provider its URN and ID.
   * @throws InputError where its configuration cannot be used.
   */
  of(provider: string, { resources }: State): Session {
    const resource = resources.find(({ urn, id }) => `${urn}::${id}` === provider);
    const inputs = resource?.inputs ?? {};
    const key = JSON.stringify(inputs);
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const { config, failures } = checkConfig(inputs);
    if (failures.length > 0)
      throw new InputError(
        `the configuration of the dbha provider in the state is not usable: ${failures.map(({ reason }) => reason).join("; ")}; fix: correct it, and run pulumi up`,
      );
    const session = new Session(silent, traceFromEnvironment(process.env));
    session.configure(config);
    this.open.set(key, session);
    return session;
  }

  /** Ends what is under way, and all connections. */
  close(): void {
    for (const session of this.open.values()) {
      session.cancel();
      session.close();
    }
  }
}
