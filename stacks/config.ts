import { readFileSync } from "node:fs";
import { z } from "zod";
import { dolphinSchema } from "../components/dolphin/schema";
import { odcSchema } from "../components/odc/schema";
import { odpSchema } from "../components/odp/schema";
import { omsSchema } from "../components/oms/schema";
import { problems, report, sentence, setting, settings } from "../components/validation";
import { namedHost } from "../provider/resources/host-rules";
import { expandedPath } from "../provider/resources/private-key";
import { inventoryHosts, readInventory } from "../provider/resources/inventory";
import { collisionsOf } from "./collisions";

/** Namespace of this project's settings in stack configuration. */
const namespace = "dbha-stacks";

const hostName = setting(
  z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
  "must be a host name: lower-case letters, digits and hyphens",
  'write it like "p1"',
);

const inventorySchema = settings({ hosts: inventoryHosts(namedHost(hostName)) });

/** The hosts of a stack. */
export type Inventory = z.output<typeof inventorySchema>;

/** @param known the inventory's hosts; undefined when it could not be read, which is told by itself. */
const stackSchema = (known?: Inventory["hosts"]) => {
  const find = (name: string) => known?.find((one) => one.name === name);
  const host = z.string().refine((name) => known === undefined || find(name) !== undefined, {
    message: sentence(
      `the inventory knows ${known?.map((one) => one.name).join(", ")}`,
      "mend the name, or add the host",
    ),
  });
  const nameOf = (name: string): string => name;
  const addressOf = (name: string) => find(name)?.address;
  const isLost = (name: string): boolean => find(name)?.lost === true;
  return settings({
    inventory: setting(
      z.string().min(1),
      "the path of the host inventory is needed",
      "set it to a file like hosts.yaml",
    ),
    // what `dbha destroy` asks for; the program does with such a stack what it does with any
    throwAway: setting(z.enum(["true", "false"]), "must be true or false", "write it without quotes").optional(),
    odc: odcSchema(host, { nameOf, addressOf, isLost }).optional(),
    odp: odpSchema(host, nameOf).optional(),
    oms: omsSchema(host, { nameOf, addressOf, isLost }).optional(),
    dolphin: dolphinSchema(host, { nameOf, addressOf, isLost }).optional(),
  });
};

/** The deployments of a stack. */
export type Sections = Pick<z.output<ReturnType<typeof stackSchema>>, "odc" | "odp" | "oms" | "dolphin">;

/** What a stack deploys, checked, with defaults filled in. */
export type StackConfig = Sections & Inventory;

/**
 * Reads and checks everything a stack says, before any host is contacted.
 * @param raw the stack's configuration: `dbha-stacks:inventory` and the sections as JSON text; other namespaces are ignored.
 * @throws Error that lists every problem of configuration and inventory as field, value, rule and fix.
 */
export function parseConfig(raw: Record<string, string>): StackConfig {
  const found: string[] = [];
  const unread: string[] = [];
  const values = readFiles(sections(raw, found), [], unread) as Record<string, unknown>;
  const inventory = checkedInventory(values.inventory, found);
  const result = stackSchema(inventory?.hosts).safeParse(values);
  if (!result.success) {
    const refused = problems(result.error, values);
    found.push(...refused.filter((line) => !unread.some((file) => line.startsWith(`${file.split(".file = ")[0]} = `))));
  }
  if (inventory) found.push(...collisionsOf(result.data ?? sound(values, inventory.hosts), inventory.hosts));
  found.push(...unread);
  if (!result.success || !inventory || found.length > 0)
    throw new Error(report("the stack's configuration was refused", found.sort()));
  const { odc, odp, oms, dolphin } = result.data;
  return { odc, odp, oms, dolphin, ...inventory };
}

/** The sections that are right by themselves. */
function sound(values: Record<string, unknown>, hosts: Inventory["hosts"]): Sections {
  const { odc, odp, oms, dolphin } = stackSchema(hosts).shape;
  return {
    odc: odc.safeParse(values.odc).data,
    odp: odp.safeParse(values.odp).data,
    oms: oms.safeParse(values.oms).data,
    dolphin: dolphin.safeParse(values.dolphin).data,
  };
}

/** This project's settings by name; sections are JSON text in Pulumi's hands. */
function sections(raw: Record<string, string>, found: string[]): Record<string, unknown> {
  const own = Object.entries(raw).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(
    own.map(([key, text]) => {
      const name = key.slice(namespace.length + 1);
      if (!/^\s*[{[]/.test(text)) return [name, text];
      try {
        const section = JSON.parse(text) as unknown;
        // Pulumi.yaml gives every section the default {}: not deployed.
        return [name, text.trim() === "{}" ? undefined : section];
      } catch {
        found.push(`${name}: ${sentence("must be valid JSON or YAML", "set it with pulumi config set --path")}`);
        return [name, {}];
      }
    }),
  );
}

/** Puts the text of a file where a setting says `{ file: PATH }`, so that secrets need not stand in the configuration. */
function readFiles(value: unknown, path: string[], found: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, i) => readFiles(item, [...path, String(i)], found));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "file" && typeof only[1] === "string") {
    try {
      return readFileSync(expandedPath(only[1]), "utf8").replace(/\r?\n$/, "");
    } catch {
      found.push(
        `${path.join(".")}.file = "${only[1]}": ${sentence("cannot be read", "mend the path, relative to the project's root")}`,
      );
      return undefined;
    }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, readFiles(item, [...path, key], found)]));
}

function checkedInventory(path: unknown, found: string[]): Inventory | undefined {
  if (typeof path !== "string") return undefined;
  let parsed: unknown;
  try {
    parsed = readInventory(path);
  } catch (error) {
    const fix = "mend the file or the path, relative to the project's root";
    found.push(`inventory = "${path}": ${sentence((error as Error).message, fix)}`);
    return undefined;
  }
  const result = inventorySchema.safeParse(parsed);
  if (result.success) return result.data;
  found.push(...problems(result.error, parsed).map((line) => `inventory ${path}: ${line}`));
  return undefined;
}
