import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as yaml from "yaml";

/** Three hosts alone, which nothing contacts: what commands do is the engine's. */
const INVENTORY = {
  hosts: ["p1", "p2", "p3"].map((name, at) => ({ name, address: `192.0.2.${at + 1}`, acceptUnknownHostKey: true })),
};

/** A folder with this project, but with configuration and state of its own. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "dbha-project-"));

  constructor() {
    for (const name of readdirSync("."))
      if (!/^(\.|Pulumi\..+\.yaml$)/.test(name)) symlinkSync(resolve(name), join(this.folder, name));
    mkdirSync(join(this.folder, ".state"));
  }

  /** Writes a stack's configuration: three hosts, and nothing on them. */
  deploysHosts(stack: string): void {
    writeFileSync(join(this.folder, "inventory.yaml"), yaml.stringify(INVENTORY));
    writeFileSync(
      join(this.folder, `Pulumi.${stack}.yaml`),
      yaml.stringify({ config: { "dbha:agent": true, "dbha-stacks:inventory": "inventory.yaml" } }),
    );
  }

  /** What tells the CLI where state and log-in are. */
  get environment(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `file://${this.folder}/.state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_CREDENTIALS_PATH: join(this.folder, ".state"),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
