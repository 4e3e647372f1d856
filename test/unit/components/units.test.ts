import assert from "node:assert/strict";
import { instanceOf } from "../../../components/odp/instance";
import { renderUnit as renderOdpUnit } from "../../../components/odp/unit";
import { renderUnit as renderVirtualIpUnit } from "../../../components/virtual-ip/unit";

/** The oldest systemd that hosts have: CentOS 7's. */
const oldest = 219;

/**
 * The version of systemd that first read each directive where it stands. Source: its NEWS, and "Added in version" of its manual
 * pages; 1 is before there were notes.
 */
const since: Record<string, number> = {
  "Unit.Description": 1,
  "Unit.After": 1,
  "Unit.Wants": 1,
  "Service.User": 1,
  "Service.ExecStartPre": 1,
  "Service.ExecStart": 1,
  "Service.ExecReload": 1,
  "Service.ExecStopPost": 1,
  "Service.SyslogIdentifier": 1,
  "Service.KillMode": 1,
  "Service.Restart": 1,
  "Service.RestartSec": 1,
  "Service.TimeoutStopSec": 188,
  "Service.RuntimeDirectory": 211,
  // in [Unit] and with Sec from 230 on, which reads this one, too
  "Service.StartLimitInterval": 1,
  "Unit.StartLimitIntervalSec": 230,
  "Service.RuntimeDirectoryPreserve": 235,
  "Install.WantedBy": 1,
};

/** What older ones pass over with a line in the journal, and what makes good for it. */
const passedOver = [
  // the watchdog finds its proxy without its note: "finds its proxy without its note of it" in odp-watchdog.test.ts
  "Service.RuntimeDirectoryPreserve",
];

const units: [name: string, text: string][] = [
  ["ODP", renderOdpUnit(instanceOf("ob"))],
  [
    "a virtual IP",
    renderVirtualIpUnit({
      unit: "dbha-vip-vip",
      virtual: { address: "10.0.0.100", prefixLength: 24 },
      interface: "eth0",
      config: "/etc/dbha/vip-vip/keepalived.conf",
      leaving: "/etc/dbha/vip-vip/leaving",
    }),
  ],
];

describe(`The units, which systemd ${oldest} is to understand,`, () => {
  for (const [name, text] of units)
    it(`of ${name} have nothing that is newer`, () => {
      let section = "";
      const directives = text.split("\n").flatMap((line) => {
        section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
        const [, directive] = /^(\w+)=/.exec(line) ?? [];
        return directive === undefined ? [] : [`${section}.${directive}`];
      });
      assert.ok(directives.includes("Service.StartLimitInterval"));
      assert.deepEqual(
        directives.filter((one) => (since[one] ?? Infinity) > oldest && !passedOver.includes(one)),
        [],
      );
    });

  it("tell the watchdog its directory, which systemd says in the environment from 244 on only", () => {
    const text = renderOdpUnit(instanceOf("ob"));
    assert.match(text, /^ExecStart=\/etc\/dbha\/odp-ob\/watchdog \/run\/dbha-odp-ob\nSyslogIdentifier=/m);
    assert.match(text, /^RuntimeDirectory=dbha-odp-ob$/m);
  });
});
