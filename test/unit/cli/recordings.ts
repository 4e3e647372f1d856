import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join("test", "fixtures", "previews");

/** Names of the recorded previews. */
export const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

/** What the real CLI printed, trimmed (trim.ts in the folder). */
export const recorded = (name: string): string => readFileSync(join(folder, `${name}.json`), "utf8");

/** The report of it: `node bin/dbha report NAME.json > NAME.md` makes it anew. */
export const golden = (name: string): string => readFileSync(join(folder, `${name}.md`), "utf8");
