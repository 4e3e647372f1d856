import { isSecretField } from "../../components/secret-fields";
import { isSecret } from "./property-path";

/** What stands in the place of a secret. */
export const SECRET = "[secret]";

/** A value with all that is secret replaced: by its mark, or by the name of its property. */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (value === undefined) return undefined;
  if (isSecret(value) || isSecretField(name)) return SECRET;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutSecrets(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, key)]));
}
