/**
 * The settings among ODC's extra arguments: `--name=value`, as ODC takes them apart when it writes them into the MetaDB. Source:
 * SystemConfigBootstrap of ODC.
 */
function settingsIn(extraArgs: string): Map<string, string> {
  const pairs = extraArgs.split(/\s+/).map((item) => item.replace(/^--/, "").split("="));
  return new Map(pairs.filter((pair): pair is [string, string] => pair.length === 2));
}

/**
 * What is to be known of a change of extra arguments, since ODC keeps them in the MetaDB from version 4.3.2 on, and what is there
 * wins over what a node is started with.
 */
export function extraArgsWarnings(old = "", next = ""): string[] {
  const [before, after] = [settingsIn(old), settingsIn(next)];
  const kept = [...before].filter(([name]) => !after.has(name)).map(([name, value]) => `--${name}=${value}`);
  const late = [...after].filter(([name, value]) => before.has(name) && before.get(name) !== value);
  return [
    ...(kept.length === 0
      ? []
      : [
          `extraArgs: ODC 4.3.2 and later keep in the MetaDB what they were once given, so ${kept.join(" ")} stays in force; to undo it give each with the value that shall hold, and leave it there`,
        ]),
    ...(late.length === 0
      ? []
      : [
          `extraArgs: ODC 4.3.2 and later read the MetaDB before they write into it, so the first node starts with the former value of ${late.map(([name]) => `--${name}`).join(" ")} and takes the new one at its next start: restart its container when all nodes are back`,
        ]),
  ];
}
