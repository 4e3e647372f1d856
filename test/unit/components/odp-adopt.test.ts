import assert from "node:assert/strict";
import { describe as told } from "../../../components/adopt/differences";
import {
  configurationDifferences,
  notOne,
  processDifferences,
  type WantedProxy,
} from "../../../components/odp/adopt-differences";
import { askedAt, type FoundOnHost, type FoundProxy, meant, parseFound } from "../../../components/odp/adopt-found";
import { odpSchema } from "../../../components/odp/schema";
import type { ObproxySeen } from "../../../provider/resources";
import { z } from "zod";

const home = "/home/admin/obproxy";
const one: FoundProxy = {
  pid: "4711",
  program: `${home}/bin/obproxy`,
  directory: home,
  user: "admin",
  ports: ["2883", "2884", "2885"],
  sql: "2883",
  unit: "",
  group: "/user.slice/user-1000.slice/session-3.scope",
};
const host = (proxies: FoundProxy[] = [one]): FoundOnHost => ({
  known: false,
  program: `${home}/bin/obproxy`,
  directory: home,
  watchdogs: [],
  proxies,
});
const wanted = (change: object = {}): WantedProxy => ({
  settings: odpSchema(z.string(), (name) => name).parse({
    adopt: true,
    hosts: ["p1"],
    package: { directory: home, user: "admin", dataDirectory: home },
    cluster: { name: "ob", rsList: ["10.0.0.21:2881", "10.0.0.22:2881"] },
    observerSysPassword: "known",
    ...change,
  }),
  proxyId: 1,
  appName: "odp",
  program: `${home}/bin/obproxy`,
  directory: home,
  user: "admin",
});
const inForce = {
  app_name: "odp",
  rootservice_cluster_name: "ob",
  rootservice_list: "10.0.0.22:2881;10.0.0.21:2881",
  client_session_id_version: "2",
  ignore_local_config: "True",
  proxy_id: "1",
};
const seen = (change: Partial<ObproxySeen> = {}): ObproxySeen => ({
  login: "open",
  parameters: inForce,
  observerPassword: "same",
  detail: "",
  ...change,
});
const ofProcess = (change: Partial<FoundProxy>, there: Partial<FoundOnHost> = {}): string[] =>
  processDifferences({ ...one, ...change }, { ...host(), ...there }, wanted()).map(told);
const ofConfiguration = (change: Partial<ObproxySeen>, args: object = {}): string[] =>
  configurationDifferences(seen(change), wanted(args), "p1").map(told);

describe("An OBProxy that was started by hand", () => {
  it("is taken over as it is where it is what the arguments say, its servers in any order", () => {
    assert.deepEqual(ofProcess({}), []);
    assert.deepEqual(ofConfiguration({}), []);
  });

  it("is the only one, or the one in the directory of the arguments", () => {
    const elsewhere = { ...one, pid: "4712", directory: "/opt/other" };
    assert.equal(meant([elsewhere], home)?.pid, "4712");
    assert.equal(meant([elsewhere, one], home)?.pid, "4711");
    assert.equal(meant([one, { ...one, pid: "4713" }], home), undefined);
    assert.equal(
      notOne(host([]), home),
      "no OBProxy runs there; fix: start it, or leave adopt out, and it is deployed there",
    );
    assert.equal(
      notOne(host([one, elsewhere]), "/srv"),
      `several OBProxies run there, and none of them in /srv (process 4711 of admin in ${home}, process 4712 of admin in /opt/other); fix: give package.dataDirectory as it has it`,
    );
    assert.match(
      notOne(host([one, { ...one, pid: "4713" }]), home),
      /^several OBProxies run in \/home\/admin\/obproxy \(/,
    );
  });

  it("must be the program that is there still, and nobody else's to start", () => {
    assert.deepEqual(
      ofProcess({ program: `${home}/bin/obproxy (deleted)`, unit: "obproxy.service" }, { watchdogs: ["7", "8"] }),
      [
        `program: it has ${home}/bin/obproxy (deleted), and the arguments say that it is there still; fix: restart it there, since it would be restarted by the first repair`,
        "systemd unit: it has obproxy.service, and the arguments say none, as two would start it; fix: let that unit go without its process: with KillMode=none and no ExecStop in a drop-in, systemctl disable --now obproxy.service",
        "watchdog: it has obproxyd.sh (process 7, 8), and the arguments say none, as two would start it; fix: kill 7 8 there, which ends no proxy, and see that nothing starts it again",
      ],
    );
  });

  it("must follow the same config server, and no list beside it", () => {
    const cluster = { name: "ob", configServerUrl: "http://10.0.0.8:8080/" };
    assert.deepEqual(ofConfiguration({}, { cluster }), [
      `obproxy_config_server_url: it has no such parameter, and the arguments say "http://10.0.0.8:8080/"; fix: OBProxy 4.2.3 or later is needed; remove a parameter that it does not have`,
      `rootservice_list: it has "10.0.0.22:2881;10.0.0.21:2881", and the arguments say ""; fix: give cluster.rsList as it has it, or set it there: alter proxyconfig set rootservice_list = ''`,
    ]);
  });

  it("must let in whom the arguments name, and be let into its cluster; no password is told", () => {
    const refused = "password of root@proxysys: it has [secret], and the arguments say";
    assert.deepEqual(ofConfiguration({ login: "refused", parameters: {} }), [
      `${refused} nothing; fix: give proxysysPassword as it has it`,
    ]);
    assert.deepEqual(ofConfiguration({ login: "refused", parameters: {} }, { proxysysPassword: "aa11" }), [
      `${refused} another [secret]; fix: give proxysysPassword as it has it`,
    ]);
    assert.deepEqual(ofConfiguration({ observerPassword: "none" }), [
      "observer_sys_password: it has nothing, and the arguments say another [secret]; fix: give observerSysPassword as it has it",
    ]);
    assert.deepEqual(ofConfiguration({ observerPassword: "unknown" }), []);
    assert.deepEqual(ofConfiguration({ login: "silent", detail: "port 2883: refused" }), [
      "SQL: it has no answer (port 2883: refused), and the arguments say one; fix: see its log; it must serve",
    ]);
  });

  it("is asked at the port of its flags, also where the arguments name another one", () => {
    assert.equal(askedAt(one, 3883), 2883);
    assert.equal(askedAt({ ...one, sql: "" }, 2883), 2883);
    assert.equal(askedAt({ ...one, sql: "6688" }, 3883), undefined);
  });

  it("is read from what its host says", () => {
    const { ports, ...rest } = one;
    const proxies = JSON.stringify([{ ...rest, ports: ports.join(" ") }]);
    const found = { known: "", program: one.program, directory: home, watchdogs: "7 8", proxies };
    assert.deepEqual(parseFound(found), { ...host(), watchdogs: ["7", "8"] });
    assert.equal(parseFound({ known: "1" }).known, true);
  });
});
