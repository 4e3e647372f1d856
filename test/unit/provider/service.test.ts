import assert from "node:assert/strict";
import type { Context } from "../../../provider/kinds/kind";
import { serviceKind } from "../../../provider/kinds/service";
import { parseAnswer } from "../../../provider/ssh/answer";

describe("Service", () => {
  let limits: Record<string, number>;
  const said = ["found_active=inactive", "found_enabled=", "active=active", "enabled=enabled", "drop_ins=", ""];
  const context = {
    remote: () => ({
      run: ({ script, limit }: { script: { name: string }; limit: number }) => {
        limits[script.name] = limit;
        return Promise.resolve(parseAnswer(Buffer.from(said.join("\n"))));
      },
    }),
  } as unknown as Context;
  const base = { host: { name: "p1" }, name: "a.service", enabled: true, active: true, triggers: [] };

  beforeEach(() => (limits = {}));

  for (const [timeout, limit] of [
    [3900, 3_900_000],
    // as a state of an earlier version has it
    [undefined, 300_000],
  ] as const)
    it(`is started, restarted and removed within ${timeout ?? "300"} seconds`, async () => {
      const inputs = { ...base, ...(timeout && { timeout }) } as unknown as Parameters<typeof serviceKind.create>[0];
      const state = { ...inputs, ...(await serviceKind.create(inputs, context)) };
      await serviceKind.delete(state, context);
      assert.deepEqual(limits, { "apply-service": limit, "remove-service": limit });
    });
});
