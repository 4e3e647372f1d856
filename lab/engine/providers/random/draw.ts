import { randomInt } from "node:crypto";

/** Which characters a text is made of. The minimums count even where the class itself is off. */
export interface TextShape {
  length: number;
  upper: boolean;
  lower: boolean;
  numeric: boolean;
  special: boolean;
  minUpper: number;
  minLower: number;
  minNumeric: number;
  minSpecial: number;
  /** Instead of the usual special characters, where neither null nor empty. */
  overrideSpecial: string | null;
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/**
 * Draws a text from the system's cryptographic generator, every arrangement of the drawn characters equally likely.
 * @throws Error when no class of characters is on, or the minimums exceed the length
 */
export function drawText(shape: TextShape): string {
  const special = shape.overrideSpecial || SPECIAL;
  const classes: [on: boolean, characters: string, minimum: number][] = [
    [shape.upper, UPPER, shape.minUpper],
    [shape.lower, LOWER, shape.minLower],
    [shape.numeric, NUMERIC, shape.minNumeric],
    [shape.special, special, shape.minSpecial],
  ];
  const alphabet = classes.map(([on, characters]) => (on ? characters : "")).join("");
  if (alphabet === "") throw new Error("upper, lower, numeric and special are all off: there is no character to draw");
  const required = classes.flatMap(([, characters, minimum]) => draw(characters, minimum));
  if (required.length > shape.length) {
    throw new Error(
      `length ${shape.length} is below the sum ${required.length} of minUpper, minLower, minNumeric and minSpecial`,
    );
  }
  return shuffled([...required, ...draw(alphabet, shape.length - required.length)]).join("");
}

function draw(characters: string, count: number): string[] {
  const set = Array.from(characters);
  return Array.from({ length: count }, () => set[randomInt(set.length)] ?? "");
}

/** Fisher and Yates. */
function shuffled<T>(items: T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
