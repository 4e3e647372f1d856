/** What is told of a series of measurements. */
export interface Summary {
  min: number;
  median: number;
  max: number;
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for an empty series. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError("a series without values has no median");
  return (low + high) / 2;
}

/** @throws RangeError for an empty series. */
export function summarize(values: readonly number[]): Summary {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/**
 * How many times as long `ours` took as `theirs`, round by round: both were measured in the same round, so whatever slowed
 * the machine down then slowed both.
 * @throws RangeError when the series differ in length or are empty.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): Summary {
  if (ours.length !== theirs.length)
    throw new RangeError(`series of ${ours.length} and ${theirs.length} rounds cannot be compared`);
  return summarize(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}
