import { runCommand } from "./command";

/** Output of `iptables-save` or `ip6tables-save`, by table: chain policies (`-` for a user's chain) and rules in order. */
interface Table {
  chains: Map<string, string>;
  rules: string[];
}

function parseSave(text: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  let table: Table = { chains: new Map(), rules: [] };
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (line.startsWith("*")) {
      table = { chains: new Map(), rules: [] };
      tables.set(line.slice(1), table);
    } else if (line.startsWith(":")) {
      const [chain, policy] = line.slice(1).split(" ");
      table.chains.set(chain ?? "", policy ?? "-");
    } else if (line.startsWith("-A ")) {
      table.rules.push(line);
    }
  }
  return tables;
}

const DOCKER_CHAIN = /^DOCKER(-|$)/;
const DOCKER_RULE = /(\bDOCKER(-[A-Z0-9-]+)?\b|\b(docker0|br-[0-9a-f]{12}|dbha-[0-9a-f]{8})\b)/;

/**
 * What to feed to `iptables-restore --noflush` so that what a dockerd added between two saves is gone: its chains, rules that
 * name them or one of its bridges, and the FORWARD policy that it sets. Rules of others stay. Empty when nothing is to do.
 *
 * @param before `iptables-save` before dockerd started
 * @param after `iptables-save` now
 */
export function removalOfDockerRules(before: string, after: string): string {
  const old = parseSave(before);
  const parts: string[] = [];
  for (const [name, table] of parseSave(after)) {
    const was = old.get(name);
    const newChains = [...table.chains.keys()].filter(
      (chain) => DOCKER_CHAIN.test(chain) && was?.chains.has(chain) !== true,
    );
    const left = [...(was?.rules ?? [])];
    const newRules = table.rules.filter((rule) => {
      const known = left.indexOf(rule);
      if (known >= 0) left.splice(known, 1);
      return known < 0 && DOCKER_RULE.test(rule) && !newChains.includes(rule.split(" ")[1] ?? "");
    });
    const policy = was?.chains.get("FORWARD") ?? "ACCEPT";
    const policyChanged = name === "filter" && (table.chains.get("FORWARD") ?? policy) !== policy;
    const lines = [
      ...(policyChanged ? [`:FORWARD ${policy} [0:0]`] : []),
      ...newRules.map((rule) => rule.replace(/^-A/, "-D")),
      ...newChains.map((chain) => `-F ${chain}`),
      ...newChains.map((chain) => `-X ${chain}`),
    ];
    if (lines.length > 0) parts.push(`*${name}`, ...lines, "COMMIT", "");
  }
  return parts.join("\n");
}

/** Both address families, as saved before dockerd started. */
export interface FirewallSave {
  v4: string;
  v6: string;
}

export async function saveFirewall(): Promise<FirewallSave> {
  // a kernel without IPv6 has no such tables
  const [v4, v6] = await Promise.all([runCommand("iptables-save"), runCommand("ip6tables-save").catch(() => "")]);
  return { v4, v6 };
}

/** Removes what dockerd added to the firewall since `before`. */
export async function restoreFirewall(before: FirewallSave): Promise<void> {
  const now = await saveFirewall();
  for (const [tool, input] of [
    ["iptables-restore", removalOfDockerRules(before.v4, now.v4)],
    ["ip6tables-restore", removalOfDockerRules(before.v6, now.v6)],
  ] as const) {
    if (input !== "") await runCommand(tool, ["--noflush"], { input });
  }
}
