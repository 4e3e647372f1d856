import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Project } from "./project";

interface Workspace {
  /** The selected stack, `organization/PROJECT/STACK`, by backend. */
  stacks?: Record<string, string>;
}

/** Where the CLI remembers which stack is selected; shared with the real one. */
function workspacePath(project: Project): string {
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const hash = createHash("sha1").update(join(project.root, "Pulumi.yaml")).digest("hex");
  return join(home, "workspaces", `${project.name}-${hash}-workspace.json`);
}

function readWorkspace(path: string): Workspace {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Workspace;
  } catch {
    // not there yet, or cut off while it was written: then no stack is selected
    return {};
  }
}

/** The selected stack of the backend. */
export function selectedStack(project: Project): string | undefined {
  const { PULUMI_STACK, PULUMI_BACKEND_URL = "" } = process.env;
  const reference = PULUMI_STACK || readWorkspace(workspacePath(project)).stacks?.[PULUMI_BACKEND_URL];
  return reference?.split("/").pop();
}

/** Remembers the selection. */
export async function selectStack(project: Project, stack: string): Promise<void> {
  const { PULUMI_BACKEND_URL = "" } = process.env;
  const path = workspacePath(project);
  const workspace = readWorkspace(path);
  const stacks = { ...workspace.stacks, [PULUMI_BACKEND_URL]: `organization/${project.name}/${stack}` };
  mkdirSync(dirname(path), { recursive: true });
  await writeFileAtomic(path, JSON.stringify({ ...workspace, stacks }, null, 4));
}
