/** Replaces every secret in a text, whole or line by line. */
export function blot(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split("\n")]).filter((part) => part.length >= 4);
  return parts.reduce((blotted, part) => blotted.replaceAll(part, "[secret]"), text);
}
