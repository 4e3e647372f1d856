import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { pluginSchema } from "../provider/schema";
import { componentsSchema } from "./components-schema";
import { pagesWithTables, withTables } from "./doc-tables";

/**
 * Writes provider/schema.json, the components' part beside it and the tables of the docs anew after a kind or an argument changed: `npx tsx test/write-schema.ts`. A
 * test tells when it is due. The version is left out; the plugin adds it when it is asked.
 */
async function main(): Promise<void> {
  const write = async (name: string, schema: object): Promise<void> => {
    const text = await format(JSON.stringify(schema), { parser: "json", printWidth: 120 });
    writeFileSync(join(__dirname, "..", "provider", name), text);
  };
  await write("schema.json", pluginSchema(""));
  await write("components-schema.json", componentsSchema());
  for (const page of Object.keys(pagesWithTables)) writeFileSync(join(__dirname, "..", page), await withTables(page));
}

void main();
