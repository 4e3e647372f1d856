import type { ZodType } from "zod";
import type { Host } from "../kinds/fields";
import type { Context } from "../kinds/kind";
import { forgetUnderWay, noteUnderWay, readUnderWay } from "../scripts/under-way";

/**
 * What a resource has begun, and not yet ended, noted on a host: the rows of a cluster, or its configuration, are what was asked for
 * from the moment that they are saved, and do not tell that nodes still have to be started again for it. Nothing secret is noted.
 */
export class UnderWay<T> {
  private readonly key: string;

  /** @param what is noted, one text for each kind */
  constructor(
    what: string,
    private readonly form: ZodType<T>,
    private readonly host: Host,
    private readonly context: Context,
  ) {
    this.key = `${what} ${context.urn}`;
  }

  /** What an earlier run has left. */
  async read(): Promise<T | undefined> {
    const answer = await this.remote.run({
      name: "look for what is under way",
      script: readUnderWay,
      values: { key: this.key },
    });
    const text = answer.get("text") ?? "";
    if (text === "") return undefined;
    return answer.json("text", this.form)[0];
  }

  async note(value: T): Promise<void> {
    const values = { key: this.key, text: JSON.stringify(value) };
    await this.remote.run({ name: "note what is under way", script: noteUnderWay, values });
  }

  async forget(): Promise<void> {
    await this.remote.run({ name: "forget what was under way", script: forgetUnderWay, values: { key: this.key } });
  }

  private get remote() {
    return this.context.remote(this.host);
  }
}
