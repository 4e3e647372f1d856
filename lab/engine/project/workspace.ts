import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { EXIT, UserError } from "../errors";
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

/** The selected stack of a backend. */
export function selectedStack(project: Project, backendUrl: string | undefined): string | undefined {
  const reference = process.env.PULUMI_STACK || readWorkspace(workspacePath(project)).stacks?.[backendUrl ?? ""];
  return reference?.split("/").pop();
}

/** Remembers the selection; without a stack, forgets it. */
export async function selectStack(project: Project, backendUrl: string, stack: string | undefined): Promise<void> {
  const path = workspacePath(project);
  const workspace = readWorkspace(path);
  const selected = stack === undefined ? undefined : `organization/${project.name}/${stack}`;
  const stacks = { ...workspace.stacks, [backendUrl]: selected };
  mkdirSync(dirname(path), { recursive: true });
  await writeFileAtomic(path, JSON.stringify({ ...workspace, stacks }, null, 4));
}

/** Accepts `STACK`, `PROJECT/STACK` and `organization/PROJECT/STACK`, and gives the bare name. */
export function stackName(project: Project, reference: string): string {
  const parts = reference.split("/");
  const [name, owner, organization] = parts.reverse();
  const fits =
    (owner === undefined || owner === project.name || owner === "organization") &&
    (organization ?? "organization") === "organization";
  if (name === undefined || !fits) {
    throw new UserError(`the stack "${reference}" is not one of the project "${project.name}"`, EXIT.configuration);
  }
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new UserError(
      `the stack name "${name}" must be 1 to 100 letters, digits, hyphens, underscores and periods`,
      EXIT.configuration,
    );
  }
  return name;
}
