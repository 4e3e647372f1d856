import { parseDocument } from "yaml";
import { asItHasIt, type Difference } from "../adopt/differences";
import { isSecretField } from "../secret-fields";
import { CONFIG_KEYS } from "./config-yaml";
import { DEFAULT_PORTS } from "./ports";
import { hasDrcUser } from "./versions";

type Keys = Map<string, string>;

/** What OMS takes where a key is missing. Source: document of the multi-node deployment, for ports the Chinese one of 4.2.2. */
const UNSAID: Keys = new Map([
  ["cm_is_default", "true"],
  ["tsdb_enabled", "false"],
  ["ghana_server_port", String(DEFAULT_PORTS.ghana)],
  ["nginx_server_port", String(DEFAULT_PORTS.console)],
  ["cm_server_port", String(DEFAULT_PORTS.cm)],
  ["supervisor_server_port", String(DEFAULT_PORTS.supervisor)],
  ["sshd_server_port", String(DEFAULT_PORTS.sshd)],
]);

/**
 * In what a config.yaml that was written by hand does not say what the arguments say, key by key. What says OMS's own default may be
 * missing, and so may keys that this version does not read.
 */
export function configDifferences(found: string, wanted: string, version: string): Difference[] {
  const [has, shall = new Map<string, string>()] = [keysOf(found), keysOf(wanted)];
  if (has === undefined)
    return [
      {
        what: "config.yaml",
        found: "what is no list of keys in YAML",
        wanted: "its keys",
        fix: "correct it; docker exec shows what the container has at /home/admin/conf/config.yaml",
      },
    ];
  const names = [...new Set([...shall.keys(), ...has.keys()])];
  return names.flatMap((name): Difference[] => {
    const [ours, theirs] = [meaning(shall, name, version), meaning(has, name, version)];
    if (ours === theirs) return [];
    const isSecret = isSecretField(name);
    const argument = Object.hasOwn(CONFIG_KEYS, name) ? CONFIG_KEYS[name]?.argument : undefined;
    return [
      {
        what: `${name} of config.yaml`,
        found: theirs === undefined ? "nothing" : isSecret ? "[secret]" : theirs,
        wanted: ours === undefined ? "nothing" : isSecret ? "another [secret]" : ours,
        fix: asItHasIt(argument ?? `settings.${name}`),
      },
    ];
  });
}

/** What a file makes OMS take for a key; undefined for nothing. */
function meaning(keys: Keys, name: string, version: string): string | undefined {
  if (/^drc_(user|password)$/.test(name) && !hasDrcUser(version)) return undefined;
  // nothing of it is read before that is true
  if (/^tsdb_(service|url|username|password)$/.test(name) && keys.get("tsdb_enabled") !== "true") return undefined;
  const said = keys.get(name) ?? UNSAID.get(name);
  if (name === "cm_region_cn" && said === keys.get("cm_region")) return undefined;
  return name === "cm_url" ? said?.replace(/\/$/, "") : said;
}

/** Keys with what they say, lists as one text; undefined where there are none. */
function keysOf(text: string): Keys | undefined {
  const value = read(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(
    Object.entries(value).map(([key, one]: [string, unknown]) => [
      key,
      Array.isArray(one) ? one.join(", ") : typeof one === "string" ? one : JSON.stringify(one),
    ]),
  );
}

/** What YAML says, all scalars as texts; undefined for what is none, or refers to itself. */
function read(text: string): unknown {
  const document = parseDocument(text, { schema: "failsafe", logLevel: "error" });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    return undefined;
  }
}
