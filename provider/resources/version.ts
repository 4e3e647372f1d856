/**
 * Compares versions number by number; what is missing counts as 0, what follows the digits of a part not at all.
 * @returns less than 0 when `a` is the earlier one, 0 when they are the same.
 */
export function compareVersions(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((version) => version.split(".").map((part) => parseInt(part, 10)));
  const length = Math.max(left.length, right.length);
  const differences = Array.from({ length }, (_, i) => (left[i] ?? 0) - (right[i] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Whether a version is that one or a later one. */
export const atLeast = (version: string, least: string): boolean => compareVersions(version, least) >= 0;
