import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { pluginSchema } from "../provider/schema";
import { pluginPage, pluginPageFile } from "./plugin-page";

/**
 * Writes provider/schema.json and the tables of docs/plugin.md anew after a kind changed: `npx tsx test/write-schema.ts`. A
 * test tells when it is due. The version is left out; the plugin adds it when it is asked.
 */
async function main(): Promise<void> {
  const text = await format(JSON.stringify(pluginSchema("")), { parser: "json", printWidth: 120 });
  writeFileSync(join(__dirname, "..", "provider", "schema.json"), text);
  writeFileSync(pluginPageFile, await pluginPage(readFileSync(pluginPageFile, "utf8")));
}

void main();
