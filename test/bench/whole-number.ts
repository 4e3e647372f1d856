import { InvalidArgumentError } from "commander";

/** Reads a whole number of a command line. @throws InvalidArgumentError where it is none or not within the bounds */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is wanted.`);
    return value;
  };
}
