import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { engines } from "./engines";
import { assertOnHosts, clearOdc, eventually, leftClaim, on, snapshots } from "./hosts";
import { devConfig } from "./odc-config";
import { TestStack } from "./stack";

type Moment = [what: string, host: HostName, condition: string];
/**
 * Moments of a deployment, as conditions of a host's shell. The run after the first of a pair is killed at the second, which comes
 * when what the first one cut off has been made good.
 */
const pairs: [Moment, Moment][] = [
  [
    ["directories are made", "p2", "[ -d /var/data/odc ]"],
    ["a container is started", "p2", `[ "$(docker inspect -f '{{.State.Running}}' obodc 2>/dev/null)" = true ]`],
  ],
  [
    ["an image is on its way", "p1", `pid=$(pgrep -fx 'docker load') && grep -Eq '^rchar: [0-9]{8}' "/proc/$pid/io"`],
    ["a container is about to be made", "p1", "grep -qs '^container obodc$' /var/lib/dbha/*"],
  ],
  [
    ["an image has just been loaded", "p3", "docker image inspect nginx:1.22 >/dev/null 2>&1"],
    ["a file is made", "p3", "[ -e /etc/dbha/odc-nginx/nginx.conf ]"],
  ],
  [
    ["a container is made", "p1", "docker inspect obodc >/dev/null 2>&1"],
    ["the last container is made", "p3", "docker inspect odc-nginx >/dev/null 2>&1"],
  ],
];

for (const engine of engines())
  describe(`A deployment of ODC that is killed, with the ${engine.name}`, function () {
    this.timeout(600_000);
    let stack: TestStack;
    /** What a deployment that was not killed leaves on the hosts and in the state. */
    let good: { hosts: string[]; resources: string[] };
    let untouched: string[];

    before(async () => {
      await clearOdc();
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(devConfig());
      await stack.up();
      good = { hosts: await snapshots(), resources: (await stack.recorded()).resources };
    });

    beforeEach(async () => {
      await stack.destroy();
      await clearOdc();
    });

    after(() => stack.remove());

    /** Fails unless the hosts are as before, and what carried the password to the MetaDB's clients is gone. */
    async function assertUntouched(): Promise<void> {
      await assertOnHosts(untouched);
      const scratch = () => on("p1", "ls -d /run/dbha-metadb.* 2>/dev/null || true");
      await eventually("no scratch space is left in memory", 10, scratch, (left) => left === "");
    }

    const comes = (host: HostName, condition: string): Promise<string> =>
      on(host, `timeout 60 sh -c 'until ( ${condition.replaceAll("'", `'\\''`)} ); do sleep 0.01; done'`);

    for (const [[first, ...at], [second, ...later]] of pairs)
      it(`loses nothing when ${first}, nor when ${second}: the next up finishes, and destroy leaves nothing`, async () => {
        await stack.killUpAt(comes(...at));
        await stack.killUpAt(comes(...later));
        await stack.up();
        // the real CLI warns of creations that were cut off until it is told not to
        await stack.succeed("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
        assert.deepEqual(await stack.recorded(), { resources: good.resources, pending: [] });
        await assertOnHosts(good.hosts, leftClaim);
        await stack.up("--refresh", "--expect-no-changes");
        await stack.destroy();
        await clearOdc();
        await assertUntouched();
      });

    it("leaves nothing when it is destroyed instead, its container not known to the state", async () => {
      await stack.killUpAt(comes("p1", "docker inspect obodc >/dev/null 2>&1"));
      await stack.destroy();
      await clearOdc();
      await assertUntouched();
    });
  });
