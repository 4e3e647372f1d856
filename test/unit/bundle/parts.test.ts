import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CLI_VERSION, partsOf } from "../../../bundle/parts";

describe("Parts of a bundle", () => {
  it("are called as Pulumi's maker calls them, whose CLI has another word for amd64", () => {
    const versions = { command: "1.2.1", docker: "5.2.0", random: "4.21.2", tls: "5.6.1" };
    assert.deepEqual(
      partsOf("amd64", versions).map(({ path, program }) => [path, program]),
      [
        ["sdk/pulumi-v3.260.0-linux-x64.tar.gz", "pulumi"],
        ["plugins/pulumi-resource-command-v1.2.1-linux-amd64.tar.gz", "pulumi-resource-command"],
        ["plugins/pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz", "pulumi-resource-docker"],
        ["plugins/pulumi-resource-random-v4.21.2-linux-amd64.tar.gz", "pulumi-resource-random"],
        ["plugins/pulumi-resource-tls-v5.6.1-linux-amd64.tar.gz", "pulumi-resource-tls"],
      ],
    );
    assert.equal(partsOf("arm64", versions)[0]?.file, "pulumi-v3.260.0-linux-arm64.tar.gz");
  });

  it("have the CLI that the workflows install", () => {
    const action = readFileSync(".github/actions/setup/action.yml", "utf8");
    assert.equal(/pulumi-version: (\S+)/.exec(action)?.[1], CLI_VERSION);
  });
});
