import { isUnknown, type Values } from "../../provider";
import type { FrameworkResource } from "../bridge/framework-resource";
import { atLeast, filledIn, output, replaces, text, textMap, type Property, type Schema } from "../bridge/schema";
import { drawText, type TextShape } from "./draw";

const minimum = filledIn("integer", 0);
const byDefault = filledIn("boolean", true);
const length: Property = { type: "integer", required: true, ...replaces, rule: atLeast(1) };

/** Inputs that RandomPassword and RandomString have in common. */
const schema: Schema = {
  ...{ length, lower: byDefault, upper: byDefault, special: byDefault },
  ...{ minLower: minimum, minNumeric: minimum, minSpecial: minimum, minUpper: minimum },
  number: filledIn("boolean"),
  numeric: filledIn("boolean"),
  overrideSpecial: { ...text, ...replaces },
  keepers: { ...textMap, ...replaces },
  id: output,
  result: output,
};

/** A text of random characters. @param more outputs made of the text beside `result` */
export function randomText(
  kind: Pick<FrameworkResource, "schemaVersion" | "secretOutputs">,
  more: Schema,
  outputs: (result: string) => Promise<Values> | Values,
): FrameworkResource {
  return {
    ...kind,
    packageName: "random",
    schema: { ...schema, ...more },

    validate({ length, minUpper, minLower, minNumeric, minSpecial, ...inputs }) {
      const minimums = [minUpper, minLower, minNumeric, minSpecial].filter((value) => typeof value === "number");
      const sum = minimums.reduce((total, value) => total + value, 0);
      const classes = [inputs.lower, inputs.upper, inputs.special, inputs.numeric ?? inputs.number];
      const wrong: [string, string][] = [];
      if (typeof length === "number" && length < sum) {
        wrong.push(["length", `${length} is below the sum ${sum} of minUpper, minLower, minNumeric and minSpecial`]);
      }
      if (classes.every((value) => value === false)) {
        wrong.push(["numeric", "one of special, upper, lower and numeric must be true"]);
      }
      return wrong;
    },

    /** `number` is the old name of `numeric`: one follows the other. */
    modifyPlan(planned, _prior, { number, numeric }) {
      const both = number !== undefined && numeric !== undefined && !isUnknown(number) && !isUnknown(numeric);
      if (both && number !== numeric) {
        throw new Error("number and numeric are set to different values: leave out number, it is deprecated");
      }
      planned.number = number ?? numeric ?? true;
      planned.numeric = numeric ?? number ?? true;
    },

    replaces: (name, prior, planned) =>
      name === "overrideSpecial" && prior === "" && planned === null ? false : undefined,

    async make(planned) {
      const result = drawText(planned as unknown as TextShape);
      return { result, ...(await outputs(result)) };
    },
  };
}
