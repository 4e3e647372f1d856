import assert from "node:assert/strict";
import { InputError } from "../../../../cli/command";
import { parseState } from "../../../../cli/status/state/state";
import { modelOf } from "../../../../cli/status/model/model";
import { deployed, envelope, exported, named, recordedResources } from "./deployed";

const STACK = { urn: "urn:pulumi:dev::mine::pulumi:pulumi:Stack::mine-dev", type: "pulumi:pulumi:Stack" };

describe("What is deployed, by a state", () => {
  it("is the components with their parts, each judged by what tells of it", () => {
    const { deployments } = deployed();
    assert.deepEqual(
      deployments.map(({ title, name, endpoints }) => [title, name, endpoints.length]),
      [
        ["ODC", "odc", 1],
        ["OBProxy", "odp", 1],
        ["OMS", "oms", 1],
        ["DolphinDB", "dolphin", 3],
      ],
    );
    const [odc, odp, oms, dolphin] = deployments.map(({ parts }) =>
      parts.map(
        ({ part, host, alias, checks }) => `${part} ${alias ?? host}: ${checks.map(({ name }) => name).join(", ")}`,
      ),
    );
    assert.deepEqual(odc, [
      "nginx p3: container odc-nginx, probe",
      "node p1: container obodc, health",
      "node p2: container obodc, health",
    ]);
    assert.deepEqual(odp, ["proxy p1: unit service, probe", "proxy p2: unit service, probe"]);
    assert.equal(oms?.[0], "virtual IP p1: unit service, probe");
    assert.equal(oms[2], "node p1: unit port-guard, port-closed, container oms-oms_427-p1, services, console, rows");
    assert.equal(dolphin?.length, 12);
    assert.deepEqual(dolphin.slice(0, 1), [
      "controller p1-controller: unit dolphin-controller.service, controller-probe",
    ]);
    assert.deepEqual(dolphin.slice(6, 7), ["data node p1-datanode: "]);
  });

  it("is on the hosts that something is on, and on no others", () => {
    const { hosts } = deployed((resources) => {
      const p9 = { ...named(resources, "p3"), urn: "urn:pulumi:dev::dbha-stacks::dbha:index:Host::p9" };
      resources.push(p9);
    });
    assert.deepEqual(
      hosts.map(({ name, address, lost }) => [name, address, lost]),
      [
        ["p1", "10.0.0.11", false],
        ["p2", "10.0.0.12", false],
        ["p3", "10.0.0.13", false],
      ],
    );
  });

  it("is shown where the outputs of a component never came, too", () => {
    const { deployments } = deployed((resources) => {
      named(resources, "odc").outputs = {};
      named(resources, "oms").outputs = {};
    });
    assert.deepEqual(
      deployments[0]?.parts.map(({ part, host, endpoint, version }) => [part, host, endpoint, version]),
      [
        ["nginx", "p3", "", ""],
        ["node", "p1", "", ""],
        ["node", "p2", "", ""],
      ],
    );
    assert.deepEqual([deployments[0].backup, deployments[2]?.backup], [undefined, undefined]);
  });

  it("leaves out what was replaced and is still to be removed", () => {
    const { deployments } = deployed((resources) => {
      const old = named(resources, "odc-node-p1");
      resources.push({ ...old, delete: true, id: "old" });
    });
    assert.equal(deployments[0]?.parts[1]?.checks.length, 2);
  });

  it("has balancers and addresses of one's own programs, and units that no component has made", () => {
    const host = { name: "p1", address: "10.0.0.11" };
    const child = (parent: string, type: string, name: string, inputs: object = { host }) => ({
      ...{ urn: `urn:pulumi:dev::mine::${parent}$${type}::${name}`, type, inputs },
      parent: `urn:pulumi:dev::mine::${parent}::${parent.endsWith("VirtualIp") ? "vip" : "lb"}`,
    });
    const model = modelOf(
      parseState(
        exported([
          STACK,
          {
            urn: "urn:pulumi:dev::mine::dbha:index:LoadBalancer::lb",
            type: "dbha:index:LoadBalancer",
            outputs: { instances: [{ host: "p1", version: "nginx:1.27", healthy: true }] },
          },
          child("dbha:index:LoadBalancer", "dbha:index:Probe", "lb-probe-p1"),
          {
            urn: "urn:pulumi:dev::mine::dbha:index:VirtualIp::vip",
            type: "dbha:index:VirtualIp",
            outputs: { address: "10.0.0.9", hosts: [{ host: "p1" }] },
          },
          child("dbha:index:VirtualIp", "dbha:index:Service", "vip-service-p1", { host, name: "dbha-vip-vip.service" }),
          {
            urn: "urn:pulumi:dev::mine::dbha:index:Service::mine",
            type: "dbha:index:Service",
            inputs: { host, name: "mine.service", active: false },
          },
        ]),
      ),
    );
    assert.deepEqual(
      model.deployments.map(({ title, name, parts }) => [
        title,
        name,
        ...parts.map(({ part, host: on, endpoint, version }) => [part, on, endpoint, version].join(" ")),
      ]),
      [
        ["nginx", "lb", "nginx p1  nginx:1.27"],
        ["Virtual IP", "vip", "virtual IP p1 10.0.0.9 "],
        ["Other resources", "", "mine p1  "],
      ],
    );
    assert.deepEqual(
      model.deployments[2]?.parts[0]?.checks.map(({ isOff }) => isOff),
      [true],
    );
  });
});

describe("An exported state", () => {
  it("has secrets in plain, and tells which texts are some", () => {
    const resources = [
      STACK,
      {
        urn: "urn:pulumi:dev::mine::a:b:C::one",
        type: "a:b:C",
        inputs: { list: envelope(["10.0.0.11", "hidden-in-a-list"]), password: "by-its-name" },
        outputs: { address: "10.0.0.11", nothing: null, key: envelope({ deep: envelope("hidden-twice") }) },
      },
    ];
    const state = parseState(exported(resources));
    assert.deepEqual(state.resources[1]?.inputs, { list: ["10.0.0.11", "hidden-in-a-list"], password: "by-its-name" });
    assert.deepEqual(state.resources[1].outputs, { address: "10.0.0.11", key: { deep: "hidden-twice" } });
    assert.deepEqual(state.secrets.sort(), ["by-its-name", "hidden-in-a-list", "hidden-twice"]);
  });

  it("tells project, stack, and when it was written", () => {
    const { project, stack, written, pending } = parseState(exported(recordedResources()));
    assert.deepEqual([project, stack, written, pending], ["dbha-stacks", "dev", "2026-11-30T12:00:00Z", 0]);
  });

  for (const [what, text] of [
    ["text", "Exported"],
    ["other JSON", "[]"],
    ["resources without URNs", '{"deployment":{"resources":[{"secret":"S3cret-Word"}]}}'],
  ] as const)
    it(`is refused where it is ${what}, and nothing of it is quoted`, () => {
      assert.throws(
        () => parseState(text),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.match(
            error.message,
            /^the exported state is not understood at \S.*; fix: look at what "pulumi stack export" prints/,
          );
          assert.doesNotMatch(error.message, /S3cret/);
          return true;
        },
      );
    });
});
