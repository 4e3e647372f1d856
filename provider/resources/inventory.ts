import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { z } from "zod";
import { expandedPath } from "./private-key";

/** The hosts of an inventory, each by the given schema: at least one, and no name or address twice. */
export function inventoryHosts<H extends z.ZodType<{ name: string; address: string }>>(host: H) {
  return z
    .array(host)
    .min(1, "at least one host is needed; fix: list the hosts with name, address and hostKeys")
    .superRefine((hosts, context) => {
      for (const field of ["name", "address"] as const) {
        hosts.forEach((given, index) => {
          const first = hosts.findIndex((other) => other[field] === given[field]);
          if (first < index) {
            const message = `is taken by hosts[${first}] already; fix: give each host its own ${field}`;
            context.addIssue({ code: "custom", path: [index, field], message });
          }
        });
      }
    });
}

/**
 * The content of an inventory file, not checked yet.
 * @throws Error saying why it could not be read
 */
export function readInventory(path: string): unknown {
  try {
    return yaml.parse(readFileSync(expandedPath(path), "utf8"));
  } catch (error) {
    const why = error instanceof yaml.YAMLParseError ? error.message.split("\n")[0] : undefined;
    throw new Error(why ?? "cannot be read", { cause: error });
  }
}
