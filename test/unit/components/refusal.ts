import assert from "node:assert/strict";

/** The problems for which a component's arguments are refused, without the headline, which is checked. */
export function refusalOf(component: string, create: () => unknown): string[] {
  let message = "";
  try {
    create();
  } catch (error) {
    ({ message } = error as Error);
  }
  const [headline, ...lines] = message.split("\n");
  const count = `${lines.length} ${lines.length === 1 ? "problem" : "problems"}`;
  assert.equal(
    headline,
    `${component}: its arguments were refused (${count}); nothing that depends on it was changed:`,
  );
  return lines.map((line) => line.replace(/^ {2}- /, ""));
}
