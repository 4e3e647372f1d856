import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { HostError } from "../../../provider/ssh/host-error";
import { NotReached, RollCall } from "../../../provider/ssh/roll-call";
import type { Target } from "../../../provider/ssh/target";

/** A host that is not reached when it is said so. */
class Attempt {
  readonly target: Target;
  private fail: (error: Error) => void = () => undefined;
  private succeed: () => void = () => undefined;
  readonly outcome: Promise<string>;

  constructor(name: string, rollCall: RollCall) {
    this.target = { name, address: `10.0.0.${name.slice(1)}`, port: 22 } as Target;
    const attempt = (): Promise<void> =>
      new Promise((resolve, reject) => {
        this.succeed = resolve;
        this.fail = reject;
      });
    this.outcome = rollCall.reach(name, attempt).then(
      () => "reached",
      (error: unknown) => (error as Error).message,
    );
  }

  end(isReached = false): void {
    const last = new HostError(this.target, "unreachable", "no answer", "look");
    if (isReached) this.succeed();
    else this.fail(new NotReached(last, 5, "set lost: true"));
  }
}

describe("Hosts that are not reached", () => {
  let said: string[];
  let rollCall: RollCall;
  beforeEach(() => {
    said = [];
    rollCall = new RollCall((message) => said.push(message), { quiet: 20, most: 200 });
  });
  /** Has hosts tried at once, and those end as given. */
  async function tried(...names: string[]): Promise<string[]> {
    const attempts = names.map((name) => new Attempt(name.replace("+", ""), rollCall));
    attempts.forEach((attempt, i) => attempt.end(names[i]?.startsWith("+")));
    return Promise.all(attempts.map(({ outcome }) => outcome));
  }

  it("say so themselves, one at a time", async () => {
    assert.deepEqual(await tried("p1", "+p2"), [
      "host p1 (10.0.0.1): not reached within 5 s: no answer; look, or set lost: true",
      "reached",
    ]);
    const [third] = await tried("p3");
    assert.equal(third, "host p3 (10.0.0.3): not reached within 5 s: no answer; look, or set lost: true");
    assert.deepEqual(said, []);
  });

  it("are all in the last message, however few an engine asks for at a time", async () => {
    await tried("p1");
    const second = await tried("p10", "p2");
    await tried("p3");
    assert.match(
      second[0] ?? "",
      /^host p10 \(10\.0\.0\.10\): not reached: no answer; .*the message about 3 hosts says/,
    );
    const hosts = (...names: string[]) =>
      `- ${names.map((name) => `${name} (10.0.0.${name.slice(1)})`).join(", ")}: no answer; look`;
    assert.deepEqual(
      said.map((message) => message.split("\n").slice(0, 2)),
      [
        ["3 hosts not reached within 5 s, 1 of them told of before:", hosts("p1", "p2", "p10")],
        ["4 hosts not reached within 5 s, 3 of them told of before:", hosts("p1", "p2", "p3", "p10")],
      ],
    );
  });

  it("wait for those that are tried after them, so that one message names all", async () => {
    rollCall = new RollCall((message) => said.push(message), { quiet: 500, most: 5000 });
    const attempts: Attempt[] = [];
    for (const name of ["p1", "+p2", "p3", "+p4", "p5"]) {
      const attempt = new Attempt(name.replace("+", ""), rollCall);
      attempt.end(name.startsWith("+"));
      attempts.push(attempt);
      await delay(2);
    }
    await Promise.all(attempts.map(({ outcome }) => outcome));
    assert.deepEqual(
      said.map((message) => message.split("\n").slice(0, 2)),
      [["3 hosts not reached within 5 s:", "- p1 (10.0.0.1), p3 (10.0.0.3), p5 (10.0.0.5): no answer; look"]],
    );
  });

  it("wait no longer than they are to, however many are tried", async () => {
    const first = new Attempt("p1", rollCall);
    first.end();
    const told = first.outcome.then(() => true);
    const limit = Date.now() + 10_000;
    let isTold = false;
    for (let n = 2; !isTold && Date.now() < limit; n++) {
      new Attempt(`p${n}`, rollCall).end(true);
      isTold = await Promise.race([told, delay(2, false)]);
    }
    assert.ok(isTold);
  });

  it("are no more among them once they are reached", async () => {
    await tried("p1", "p2");
    await tried("+p1");
    await tried("p3");
    assert.deepEqual(
      said.map((message) => message.split("\n")[0]),
      ["2 hosts not reached within 5 s:", "2 hosts not reached within 5 s, 1 of them told of before:"],
    );
  });
});
