export const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_PREFIX = "pulumi:providers:";

/** The type, which has those of the parents before it where it is qualified, and the name in a URN; see makeUrn. */
export function parseUrn(urn: string): { qualifiedType: string; type: string; name: string } {
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return { qualifiedType, type: qualifiedType.replace(/^.*\$/, ""), name: name.join("::") };
}

/** A type as people read it: `random:index/randomPassword:RandomPassword` is `random:index:RandomPassword`. */
export function shortType(type: string): string {
  return type.replace(
    /^([^:]+):([^:/]+)\/([^:/]+):([^:]+)$/,
    (whole, name: string, module: string, file: string, last: string) =>
      file.toLowerCase() === last.toLowerCase() ? `${name}:${module}:${last}` : whole,
  );
}

/** Makes `urn:pulumi:STACK::PROJECT::PARENTTYPE$TYPE::NAME`; the root stack does not appear in the types of its children. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parseUrn(parent).qualifiedType;
  const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** The URN of the root of all resources of a stack. */
export function stackUrn(stack: string, project: string): string {
  return makeUrn(stack, project, "", STACK_TYPE, `${project}-${stack}`);
}

export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_PREFIX);
}

export function providerType(packageName: string): string {
  return PROVIDER_PREFIX + packageName;
}

/** The package a type token or an invoke token belongs to; for a provider resource the package it provides. */
export function packageOf(token: string): string {
  const name = isProviderType(token) ? token.slice(PROVIDER_PREFIX.length) : token;
  return name.split(":")[0] ?? "";
}

/** A reference to a provider is `URN::ID`. */
export function parseProviderReference(reference: string): { urn: string; id: string } {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}
