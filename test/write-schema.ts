import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { pluginSchema } from "../provider/schema";

/**
 * Writes provider/schema.json anew after a kind changed: `npx tsx test/write-schema.ts`. A test tells when it is due. The
 * version is left out; the plugin adds it when it is asked.
 */
async function main(): Promise<void> {
  const text = await format(JSON.stringify(pluginSchema("")), { parser: "json", printWidth: 120 });
  writeFileSync(join(__dirname, "..", "provider", "schema.json"), text);
}

void main();
