import type { Policies } from "@pulumi/policy";

/** The table of docs/policy.md: what each policy wants, and its settings. */
export function policyTable(policies: Policies): string {
  const rows = policies.map(({ name, severity, enforcementLevel, description, configSchema }) => {
    const settings = Object.entries(configSchema?.properties ?? {}).map(
      ([setting, schema]) => `\`${setting}\`: ${schema.description} Default: \`${JSON.stringify(schema.default)}\``,
    );
    return `| \`${name}\` | ${severity} | ${enforcementLevel} | ${description} | ${settings.slice(0, -1).join("<br>")} |`;
  });
  const exempt = policies[0]?.configSchema?.properties.exempt;
  return [
    "| policy | severity | level | wants | settings |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    `Each has \`exempt\`, too: ${exempt?.description} Default: \`${JSON.stringify(exempt?.default)}\`.`,
  ].join("\n");
}
