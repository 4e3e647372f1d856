import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Finding } from "./health";
import { hasNoSecrets, secretDamage } from "./keys";
import type { LabPaths } from "./paths";
import { readRecord } from "./record";

/**
 * What is missing or damaged of the files that a lab cannot be read without, each with what `lab/up` does about it. Undefined
 * when none of them is there: then there is no lab.
 */
export function memoryDamage(paths: LabPaths): Finding[] | undefined {
  if (!existsSync(paths.record) && hasNoSecrets(paths)) return undefined;
  const record = {
    path: paths.record,
    damage: `${existsSync(paths.record) ? "damaged" : "missing"}; lab/up writes it from what runs`,
  };
  return [...(readRecord(paths) === undefined ? [record] : []), ...secretDamage(paths)].map(({ path, damage }) => ({
    part: relative(paths.directory, path),
    address: "",
    ok: false,
    detail: damage,
  }));
}
