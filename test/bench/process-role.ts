const ROLES: readonly (readonly [role: string, command: RegExp])[] = [
  ["CLI", /^(\S*\/)?pulumi |\/lab\/engine\/launch /],
  ["language host", /^\S*pulumi-language-/],
  ["program", /\/@pulumi\/pulumi\/cmd\/run[/ ]/],
  ["dbha plugin", /pulumi-resource-dbha/],
  ["docker provider", /pulumi-resource-docker/],
  ["command provider", /pulumi-resource-command/],
  ["random provider", /pulumi-resource-random/],
  ["tls provider", /pulumi-resource-tls/],
  ["ssh", /^(\S*\/)?ssh:? /],
];

/** What a process of a run is for, by its command line: shells in between and the like are "other". */
export function roleOf(command: readonly string[]): string {
  const line = `${command.join(" ")} `;
  return ROLES.find(([, pattern]) => pattern.test(line))?.[0] ?? "other";
}

/** Roles in the order of the tables. */
export const ROLE_NAMES: readonly string[] = [...ROLES.map(([role]) => role), "other"];
