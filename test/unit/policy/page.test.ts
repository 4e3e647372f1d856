import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EnforcementLevel, PolicySeverity } from "@pulumi/pulumi/proto/analyzer_pb";
import { policies } from "../../../policy/policies";
import { Pack } from "./pack";
import { odc, odcArgs } from "./programs";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
const { version: VERSION } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

describe("docs/policy.md and the policy pack", function () {
  this.timeout(30_000);

  it("configure policies and settings that there are", () => {
    const [, example = ""] = /^```json\n([^]*?)^```/m.exec(readFileSync("docs/policy.md", "utf8")) ?? [];
    for (const [name, settings] of Object.entries(JSON.parse(example) as Record<string, object>)) {
      const known = policies.find((one) => one.name === name)?.configSchema?.properties ?? {};
      for (const setting of Object.keys(settings))
        assert.ok(setting === "enforcementLevel" || setting in known, `${name}.${setting}`);
    }
  });

  it("show a violation as the policy and the pack tell it", async () => {
    const [shown = ""] = /^Policies:\n[^]*?(?=^```)/m.exec(readFileSync("docs/policy.md", "utf8")) ?? [];
    const pack = await Pack.start();
    const { hosts, image, virtualIp } = odcArgs().proxy;
    const found = await pack
      .configure({})
      .then(async () => pack.judge((await odc({ proxy: { hosts, image, virtualIp } })).resources))
      .finally(() => pack.stop());
    const { level = "", message = "" } = found.find(({ policy }) => policy === "tls") ?? {};
    const { severity, description } = policies.find(({ name }) => name === "tls") ?? {};
    assert.deepEqual(
      shown
        .trimEnd()
        .split("\n")
        .map((line) => line.trim()),
      [
        "Policies:",
        `❌ dbha@v${VERSION} (local: policy)`,
        `- [${level}] [severity: ${severity}]  tls  (dbha:index:OdcHaDeployment: odc)`,
        description,
        message,
      ],
    );
  });

  it("tell Pulumi of every policy its severity, what to do, and a schema of what can be configured", async () => {
    const pack = await Pack.start();
    const { policiesList, version } = await pack.info().finally(() => pack.stop());
    assert.equal(version, VERSION);
    assert.deepEqual(
      policiesList.map(({ name }) => name),
      policies.map(({ name }) => name),
    );
    for (const { name, severity, remediationSteps, configschema, enforcementlevel } of policiesList) {
      assert.notEqual(severity, PolicySeverity.POLICY_SEVERITY_UNSPECIFIED, name);
      assert.notEqual(remediationSteps, "", name);
      assert.ok([EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY].includes(enforcementlevel), name);
      assert.ok(
        configschema?.properties?.fieldsMap.some(([setting]) => setting === "exempt"),
        name,
      );
    }
  });

  it("need the libraries that the project is tested with", () => {
    const { dependencies, version } = json("policy/package.json");
    const { devDependencies, peerDependencies } = json("package.json");
    assert.deepEqual(dependencies, {
      "@pulumi/policy": devDependencies?.["@pulumi/policy"],
      "@pulumi/pulumi": peerDependencies?.["@pulumi/pulumi"],
    });
    assert.equal(version, VERSION);
  });
});
