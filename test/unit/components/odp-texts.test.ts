import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configServerProblem, configServerRequest } from "../../../components/odp/config-server";
import { renderDrain, renderReturn } from "../../../components/odp/drain";
import { instanceOf } from "../../../components/odp/instance";
import { odpProblems } from "../../../components/odp/preflight";
import { containerShell } from "../../../components/odp/container";
import { renderProbe } from "../../../components/odp/probe-command";
import { serviceShell } from "../../../components/odp/service";
import { renderWatchdog } from "../../../components/odp/watchdog";
import { inContainer } from "../in-container";
import { fitHost } from "./mocks";

const instance = instanceOf("odp");
const onHost = instanceOf("odp", undefined, "/home/admin/obproxy-4.3.0");
const inImage = instanceOf("odp", undefined, "/home/admin/obproxy");
const drain = { containerName: "odp-nginx", server: { address: "10.0.0.1", port: 2883 }, timeout: 10 };

describe("Scripts of ODP", () => {
  const scripts: [name: string, shell: "sh" | "bash", text: string][] = [
    [
      "watchdog",
      "bash",
      renderWatchdog({
        ...instance,
        ports: [2883, 2884, 2885],
        flags: ["-p", "2883", "-n", "it's"],
        hangTimeout: 5,
        startTimeout: 30,
      }),
    ],
    ["probe", "sh", renderProbe(serviceShell(instance), instance, 2883, true)],
    ["repair", "sh", serviceShell(instance).repair ?? ""],
    ["probe of a package on the host", "sh", renderProbe(serviceShell(onHost), onHost, 2883, false)],
    ["probe of a container", "sh", renderProbe(containerShell(inImage), inImage, 2883, true)],
    ["drain", "sh", renderDrain(drain)],
    ["return", "sh", renderReturn(drain)],
  ];
  for (const [name, shell, text] of scripts)
    it(`${name} is clean under shellcheck`, function () {
      this.timeout(30_000);
      const { error, stdout, status } = spawnSync("shellcheck", [`--shell=${shell}`, "-"], {
        input: text,
        encoding: "utf8",
      });
      assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
      assert.equal(stdout, "");
      assert.equal(status, 0);
    });

  it("expands no list that may be empty in a way that bash before 4.4 refuses under set -u", () => {
    const watchdog = scripts[0]?.[2] ?? "";
    assert.deepEqual(watchdog.match(/^ *local \w+=\(\)/gm), ["  local options=()"]);
    assert.equal(watchdog.replace('${options[@]+"${options[@]}"}', "").match(/options\[@\]/), null);
  });

  it("takes no process for its own that runs in a container from the same paths", async function () {
    const root = mkdtempSync(join(tmpdir(), "odp-"));
    mkdirSync(join(root, "bin"));
    const program = join(root, "bin", "obproxy");
    copyFileSync("/bin/bash", program);
    const settings = { ...instance, home: root, directory: root, flags: [], hangTimeout: 5, startTimeout: 30 };
    const functions = renderWatchdog({ ...settings, ports: [2883, 2884, 2885] }).split("\nadopt() {")[0] ?? "";
    const isOwn = (pid: number): boolean =>
      spawnSync("bash", ["-c", `${functions}\nis_own ${pid}`], { encoding: "utf8" }).status === 0;
    try {
      const seen = await inContainer(program, root, isOwn);
      if (seen === undefined) return this.skip();
      assert.deepEqual(seen, { outside: true, inside: false });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("quotes what is given, whatever is in it", () => {
    const { stdout } = spawnSync(
      "bash",
      ["-c", `${scripts[0]?.[2].split("stop_timeout")[0]}\nprintf '%s|' "\${flags[@]}"`],
      { encoding: "utf8" },
    );
    assert.equal(stdout, "-p|2883|-n|it's|");
  });
});

describe("Preflight of ODP", () => {
  const listens = (port: number, process: string, container?: string) => ({
    port,
    protocol: "tcp",
    address: "*",
    process,
    ...(container && { container }),
  });
  const host = (ports: ReturnType<typeof listens>[], dockerVersion?: string, services: string[] = []) => ({
    name: "p1",
    facts: { ...fitHost, ports, dockerVersion, services },
    unit: "dbha-odp-odp",
    isContainer: false,
    adopt: false,
    ports: [2883, 2884, 2885],
    proxy: { port: 3306, containerName: "odp-nginx" },
  });

  it("has nothing against what runs there by itself", () => {
    const ports = [listens(2883, "obproxy"), listens(3306, "nginx", "odp-nginx")];
    assert.deepEqual(odpProblems([host(ports, "20.10", ["dbha-odp-odp.service"])]), []);
    assert.deepEqual(odpProblems([host(ports, "20.10", ["obproxy.service"])]), [
      "host p1: port 2883 is taken by obproxy; fix: stop that, or change ports",
    ]);
  });

  it("names who has a port, and what is missing", () => {
    assert.deepEqual(
      odpProblems([host([listens(2884, "nc"), listens(3306, "mariadbd"), listens(2885, "", "other")])]),
      [
        "host p1: port 2884 is taken by nc; fix: stop that, or change ports",
        "host p1: port 2885 is taken by container other; fix: stop that, or change ports",
        "host p1: port 3306 is taken by mariadbd; fix: stop that, or change proxy.port",
        "host p1: no Docker Engine answers, and nginx runs in a container; fix: install Docker and start it",
      ],
    );
  });

  it("takes an OBProxy in the deployment's container for its own, and no other; it needs Docker", () => {
    const inContainer = (ports: ReturnType<typeof listens>[], dockerVersion?: string) => [
      { ...host(ports, dockerVersion, ["dbha-odp-odp.service"]), isContainer: true, proxy: undefined },
    ];
    assert.deepEqual(odpProblems(inContainer([listens(2883, "obproxy", "dbha-odp-odp")], "20.10")), []);
    assert.deepEqual(odpProblems(inContainer([listens(2883, "obproxy"), listens(2884, "obproxy", "other")])), [
      "host p1: port 2883 is taken by obproxy; fix: stop that, or change ports",
      "host p1: port 2884 is taken by container other; fix: stop that, or change ports",
      "host p1: no Docker Engine answers, and OBProxy runs in a container; fix: install Docker and start it",
    ]);
  });

  it("asks a config server as a proxy does", () => {
    const json = { "/Code": 200, "/Success": true };
    assert.deepEqual(configServerRequest("http://ocp.example.com/services?Action=ObRootServiceInfo&ObCluster=ob"), {
      scheme: "http",
      address: "ocp.example.com",
      port: 80,
      path: "/services?Action=ObRootServiceInfo&ObCluster=ob",
      json,
    });
    assert.deepEqual(configServerRequest("https://[fd00::8]:8443/services"), {
      scheme: "https",
      address: "fd00::8",
      port: 8443,
      path: "/services",
      json,
    });
  });

  it("explains its answer", () => {
    const url = "http://10.0.0.8:8080/services";
    const fix = "; fix: check with curl on that host that it is up and knows the cluster by this name";
    const told = (healthy: boolean, values: Record<string, string>) =>
      configServerProblem("p1", url, { healthy, values, detail: "connection refused" });
    assert.equal(told(true, { server: "10.0.0.21:2882" }), undefined);
    assert.equal(
      told(true, {}),
      `host p1: the config server at ${url} knows the cluster, and has no server for it${fix}`,
    );
    assert.equal(
      told(false, {}),
      `host p1: the config server at ${url} does not give an RS list: connection refused${fix}`,
    );
  });
});
