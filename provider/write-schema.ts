import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaText } from "./schema";

/** Writes schema.json anew after a kind changed: `npx tsx provider/write-schema.ts`. A test tells when it is due. */
writeFileSync(join(__dirname, "schema.json"), schemaText());
