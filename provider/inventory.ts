import { z } from "zod";
import { propertyPath } from "./check";
import { Host, host } from "./kinds/fields";
import { inventoryHosts, readInventory } from "./resources/inventory";

const inventorySchema = z.strictObject(
  { hosts: inventoryHosts(host()) },
  "an inventory has a list hosts and nothing else",
);

/**
 * The data of a host in an inventory, with defaults filled in.
 * @param path of the inventory, relative to the project's root
 * @throws Error naming everything that is wrong with the inventory, or the hosts that it has
 */
export function hostOfInventory(name: string, path: string): Host {
  const { hosts } = inventoryOf(path);
  const found = hosts.find((candidate) => candidate.name === name);
  if (found === undefined) {
    const known = hosts.map((candidate) => candidate.name).join(", ");
    throw new Error(
      `there is no host ${name} in the inventory ${path}, which has ${known}; correct the ID, or add the host`,
    );
  }
  return found;
}

function inventoryOf(path: string) {
  let content: unknown;
  try {
    content = readInventory(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `dbha:inventory: ${path}: ${why}; correct the file or the path; relative ones start at the project`,
      {
        cause: error,
      },
    );
  }
  const result = inventorySchema.safeParse(content);
  if (!result.success) {
    const lines = result.error.issues.map(
      (issue) => `dbha:inventory: ${path}: ${[propertyPath(issue.path), issue.message].filter(Boolean).join(": ")}`,
    );
    throw new Error(lines.join("\n"));
  }
  return result.data;
}
