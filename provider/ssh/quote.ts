/**
 * Quotes a text as one word of a POSIX shell.
 * @throws when the text holds a NUL, which no shell word can
 */
export function quote(text: string): string {
  if (text.includes("\0")) {
    throw new Error("a shell word cannot hold a NUL character");
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
