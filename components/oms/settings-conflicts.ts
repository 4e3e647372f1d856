import type { Conflict } from "../conflicts";
import { CONFIG_KEYS } from "./config-yaml";
import type { OmsSettings } from "./schema";

/** Keys of config.yaml that may not stand in `settings`. */
export const settingsConflicts = <H>({ settings }: OmsSettings<H>): Conflict[] =>
  Object.keys(settings).flatMap((key) => {
    const path = ["settings", key];
    const argument = Object.hasOwn(CONFIG_KEYS, key) ? CONFIG_KEYS[key]?.argument : undefined;
    if (argument !== undefined) return [{ path, rule: `is written by ${argument}`, fix: `give ${argument} instead` }];
    if (/^[A-Za-z][A-Za-z0-9_.-]{0,127}$/.test(key)) return [];
    return [{ path, rule: "must be a key of config.yaml: letters, digits, _ . and -", fix: "mend the name" }];
  });
