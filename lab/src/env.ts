import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { REPO_ROOT, type LabPaths } from "./paths";

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of stack dev, whose configuration is in the repository; known to everyone, as nothing in a lab is worth protecting. */
const PASSPHRASE = "dbha-lab";

/** Shell lines that point Pulumi at the lab's own state and put `lab/bin` first on PATH. */
export function environment(paths: LabPaths): string {
  const variables = {
    PULUMI_BACKEND_URL: pathToFileURL(paths.state).href,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
    `export PATH=${quote(join(REPO_ROOT, "lab/bin"))}:"$PATH"`,
  ].join("\n");
}
