import assert from "node:assert/strict";
import { median, ratios, summarize } from "../../bench/stats";

describe("statistics of the benchmark", () => {
  it("takes the middle of an odd number of values and the mean of the middle two of an even number", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
    assert.equal(median([7]), 7);
  });

  it("has no median without values", () => {
    assert.throws(() => median([]), new RangeError("a series without values has no median"));
  });

  it("leaves the series as it was", () => {
    const values = [3, 1, 2];
    assert.deepEqual(summarize(values), { min: 1, median: 2, max: 3 });
    assert.deepEqual(values, [3, 1, 2]);
  });

  it("compares round by round, so that a slow round does not count", () => {
    assert.deepEqual(ratios([2, 20, 3], [1, 10, 2]), { min: 1.5, median: 2, max: 2 });
  });

  it("refuses to compare series of different length", () => {
    assert.throws(() => ratios([1, 2], [1]), new RangeError("series of 2 and 1 rounds cannot be compared"));
  });
});
