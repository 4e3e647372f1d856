import assert from "node:assert/strict";
import { parseDelay, parsePercent, parseSize } from "../../../lab/src/fault-cli";
import { describeFaults, injection } from "../../../lab/src/faults";

describe("fault switches", () => {
  it("read times, parts and sizes, and refuse others with the rule", () => {
    assert.deepEqual(["100ms", "1.5s"].map(parseDelay), [100, 1500]);
    assert.deepEqual(["5%", "0.1%"].map(parsePercent), [5, 0.1]);
    assert.deepEqual(["0", "512KB", "1MB"].map(parseSize), [0, 524_288, 1_048_576]);
    for (const text of ["100", "0ms", "61s", "-1ms", "0.5ms"])
      assert.throws(() => parseDelay(text), {
        message: "A time from 1ms to 60s in whole milliseconds, such as 100ms, is wanted.",
      });
    for (const text of ["5", "0%", "100%"])
      assert.throws(() => parsePercent(text), {
        message: "A part between 0% and 100%, such as 5%, is wanted (all packets: cut).",
      });
    for (const text of ["33MB", "1GB", "x"])
      assert.throws(() => parseSize(text), { message: "A size of up to 32MB, such as 1MB or 512KB, is wanted." });
  });

  it("tell faults in force from the host's own state", () => {
    const shown = (state: string): string[] => Object.values(describeFaults(state));
    const rule = (kind: string): string => `-A PREROUTING -i eth0 -m comment --comment lab-fault-${kind}`;
    assert.deepEqual(shown("qdisc noqueue 0: root refcnt 2 \n-P PREROUTING ACCEPT\n"), []);
    assert.deepEqual(shown(`qdisc pfifo 8001: root refcnt 2 limit 0p\n${rule("cut")} -j DROP\n`), ["network cut"]);
    // a switch that was killed half way
    assert.deepEqual(shown("qdisc pfifo 8001: root refcnt 2 limit 0p\n"), ["network cut"]);
    const random = `${rule("loss")} -m statistic --mode random --probability 0.05000000022 -j DROP`;
    const delay = `${rule("latency")} -j NFQUEUE --queue-num 100 --queue-bypass`;
    assert.deepEqual(describeFaults(`${random}\n${delay}\n/srv/small/.lab-fault\n`), {
      latency: "latency 100ms",
      loss: "loss 5%",
      full: "/srv/small filled",
    });
    assert.deepEqual(shown("-A PREROUTING -i eth0 -j DROP\n-A PREROUTING -s 10.0.0.1/32 -j DROP\n"), []);
  });

  it("delay packets by a queue whose number is the delay in milliseconds", () => {
    assert.equal(
      injection({ kind: "latency", milliseconds: 100 }),
      "iptables -w 5 -t raw -A PREROUTING -i eth0 -m comment --comment lab-fault-latency -j NFQUEUE --queue-num 100 --queue-bypass && /usr/local/sbin/delay 100",
    );
  });
});
