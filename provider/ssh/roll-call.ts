import { HostError } from "./host-error";
import { describeTarget } from "./target";

/** A host that did not answer, or was not let through to, in all the time there was. */
export class NotReached extends HostError {
  /**
   * @param last what was found at the last attempt.
   * @param wayOut what to do where nothing helps; empty for what is only gone through.
   */
  constructor(
    readonly last: HostError,
    readonly seconds: number,
    readonly wayOut: string,
  ) {
    const fix = wayOut === "" ? last.fix : `${last.fix}, or ${wayOut}`;
    super(last.target, "unreachable", `not reached within ${seconds} s: ${last.problem}`, fix);
  }
}

/**
 * Gathers the hosts that are not reached at about the same time, so that one message names them all: a network that is down, a
 * rack without power, is not explained once for each resource of each host.
 */
export class RollCall {
  private readonly underWay = new Set<Promise<unknown>>();
  private untold: NotReached[] = [];
  private readonly shortened = new Map<NotReached, HostError>();

  /** @param tell shows the message that names several hosts. */
  constructor(private readonly tell: (message: string) => void) {}

  /**
   * Reaches a host. That one is not reached is said a little later: when all that were under way at that moment have ended too.
   * @throws HostError: of several hosts that are not reached, each in short
   */
  async reach<T>(attempt: () => Promise<T>): Promise<T> {
    const reached = attempt();
    this.underWay.add(reached);
    try {
      return await reached;
    } catch (error) {
      if (!(error instanceof NotReached)) throw error;
      this.untold.push(error);
      await Promise.allSettled(this.underWay);
      this.tellAll();
      throw this.shortened.get(error) ?? error;
    } finally {
      this.underWay.delete(reached);
    }
  }

  private tellAll(): void {
    const hosts = this.untold;
    this.untold = [];
    if (hosts.length < 2) return;
    this.tell(rollCallMessage(hosts));
    for (const host of hosts) this.shortened.set(host, inShort(host, hosts.length));
  }
}

function rollCallMessage(hosts: readonly NotReached[]): string {
  const byCause = new Map<string, string[]>();
  const inOrder = [...hosts].sort((a, b) => a.target.name.localeCompare(b.target.name, "en", { numeric: true }));
  for (const { target, last } of inOrder) {
    const text = `${last.problem}; ${last.fix}`;
    byCause.set(text, [...(byCause.get(text) ?? []), describeTarget(target)]);
  }
  const seconds = Math.max(...hosts.map((host) => host.seconds));
  const causes = [...byCause].map(([text, names]) => `- ${names.join(", ")}: ${text}`);
  const wayOut = hosts.find((host) => host.wayOut !== "")?.wayOut;
  return [
    `${hosts.length} hosts not reached within ${seconds} s:`,
    ...causes,
    ...(wayOut ? [`or ${wayOut}`] : []),
  ].join("\n");
}

const inShort = ({ target, last }: NotReached, hosts: number): HostError =>
  new HostError(
    target,
    "unreachable",
    `not reached: ${last.problem}`,
    `the message about ${hosts} hosts says what to do`,
  );
