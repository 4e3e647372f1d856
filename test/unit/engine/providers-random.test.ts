import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import { randomProvider } from "../../../lab/engine/providers/random";
import { drawText, type TextShape } from "../../../lab/engine/providers/random/draw";
import { Resource } from "./providers-support";

const TYPE = "random:index/randomPassword:RandomPassword";

const shape: TextShape = {
  ...{ length: 12, upper: true, lower: true, numeric: true, special: true },
  ...{ minUpper: 0, minLower: 0, minNumeric: 0, minSpecial: 0, overrideSpecial: "" },
};

describe("stand-in of random", () => {
  const password = new Resource(randomProvider(), TYPE);

  it("makes a password and its hash", async () => {
    const { id, outputs } = await password.create({ length: 24, minSpecial: 3, overrideSpecial: "!#" });
    assert.equal(id, "none");
    assert.match(outputs.result as string, /^[A-Za-z0-9!#]{24}$/);
    assert((outputs.result as string).replaceAll(/[^!#]/g, "").length >= 3);
    assert.match(outputs.bcryptHash as string, /^\$2a\$10\$/);
    assert(await compare(outputs.result as string, outputs.bcryptHash as string));
  });

  it("keeps the password through an update", async () => {
    const { outputs } = await password.create({ length: 8 });
    const { outputs: updated } = await password.update("none", outputs, { length: 8 }, { length: 8, keepers: {} });
    assert.equal(updated.result, outputs.result);
    assert.equal(updated.bcryptHash, outputs.bcryptHash);
  });

  it("marks the result and its hash as secret", () => {
    assert.deepEqual(randomProvider().secretOutputs?.(TYPE), ["bcryptHash", "result"]);
  });

  it("takes each character from the classes that are on", () => {
    assert.match(drawText({ ...shape, length: 500, upper: false, special: false }), /^[a-z0-9]{500}$/);
    assert.match(
      drawText({ ...shape, length: 500, lower: false, numeric: false }),
      /^[A-Z!@#$%&*()\-_=+[\]{}<>:?]{500}$/,
    );
  });

  it("counts a minimum even where its class is off", () => {
    const drawn = drawText({ ...shape, numeric: false, minNumeric: 12 });
    assert.match(drawn, /^[0-9]{12}$/);
  });

  it("puts the characters of the minimums anywhere with equal chance", () => {
    const counts = [0, 0, 0, 0];
    for (let drawn = 0; drawn < 4000; drawn++) {
      const place = drawText({
        ...shape,
        length: 4,
        upper: false,
        numeric: false,
        special: false,
        minNumeric: 1,
      }).search(/\d/);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    // six standard deviations from 1000
    for (const count of counts) assert(Math.abs(count - 1000) < 165, `places of the digit: ${counts.join(", ")}`);
  });

  it("names what is wrong", async () => {
    const tooShort = ["length: 3 is below the sum 4 of minUpper, minLower, minNumeric and minSpecial"];
    assert.deepEqual(await password.problems({ length: 3, minUpper: 2, minLower: 2 }), tooShort);
    assert.deepEqual(await password.problems({ length: 0 }), ["length: 0 is below 1"]);
    assert.deepEqual(await password.problems({ length: "12" }), ['length: it must be a whole number, and is "12"']);
    assert.deepEqual(await password.problems({ size: 1 }), [
      "size: there is no such property",
      "length: it is required",
    ]);
    await assert.rejects(password.create({ length: 3, number: false, numeric: true }), {
      message: "number and numeric are set to different values: leave out number, it is deprecated",
    });
  });

  it("refuses by name what it leaves out", async () => {
    const others = new Resource(randomProvider(), "random:index/randomInteger:RandomInteger");
    const sentence =
      "is not implemented by the lab's stand-in of the random provider; the real Pulumi CLI with the real random provider does it.";
    await assert.rejects(others.check({}), {
      message: `resource type random:index/randomInteger:RandomInteger ${sentence}`,
    });
    await assert.rejects(password.read("none", {}, {}), { message: `import of ${TYPE} ${sentence}` });
    await assert.rejects(randomProvider().invoke("random:index/get:get", {}, false), {
      message: `function random:index/get:get ${sentence}`,
    });
  });
});
