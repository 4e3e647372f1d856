import { genSalt, hash } from "bcryptjs";
import type { CheckRequest, CheckResult, Value, Values } from "../../provider";
import { isUnknown } from "../../provider";
import { FrameworkResource } from "../bridge/framework-resource";
import { atLeast, type Property, type Schema } from "../bridge/schema";
import { drawPassword, type PasswordShape } from "./password";

const flag: Property = { type: "boolean", computed: true, default: true, forceNew: true };
const minimum: Property = { type: "integer", computed: true, default: 0, forceNew: true };
const output: Property = { type: "string", computed: true, outputOnly: true };

const schema: Schema = {
  keepers: { type: "map", forceNew: true },
  length: { type: "integer", required: true, forceNew: true, rule: atLeast(1) },
  lower: flag,
  minLower: minimum,
  minNumeric: minimum,
  minSpecial: minimum,
  minUpper: minimum,
  number: { type: "boolean", computed: true, forceNew: true },
  numeric: { type: "boolean", computed: true, forceNew: true },
  overrideSpecial: { type: "string", forceNew: true },
  special: flag,
  upper: flag,
  bcryptHash: output,
  id: output,
  result: output,
};

/** `random:index/randomPassword:RandomPassword`. */
export class RandomPassword extends FrameworkResource {
  readonly secretOutputs = ["bcryptHash", "result"];
  protected readonly packageName = "random";
  protected readonly schema = schema;
  protected override readonly schemaVersion = 3;

  override check(request: CheckRequest): CheckResult {
    const result = super.check(request);
    const { length, lower, upper, special } = result.inputs;
    const sum = [result.inputs.minUpper, result.inputs.minLower, result.inputs.minNumeric, result.inputs.minSpecial]
      .filter((value) => typeof value === "number")
      .reduce((total, value) => total + value, 0);
    if (typeof length === "number" && length < sum) {
      const reason = `${length} is below the sum ${sum} of minUpper, minLower, minNumeric and minSpecial`;
      result.failures.push({ property: "length", reason });
    }
    const numeric = result.inputs.numeric ?? result.inputs.number;
    if ([lower, upper, special, numeric].every((value) => value === false)) {
      result.failures.push({ property: "numeric", reason: "one of special, upper, lower and numeric must be true" });
    }
    return result;
  }

  /** `number` is the old name of `numeric`: one follows the other. */
  protected override modifyPlan(planned: Values, _prior: Values | undefined, config: Values): void {
    const number = config.number ?? null;
    const numeric = config.numeric ?? null;
    if (number !== null && numeric !== null && number !== numeric && !isUnknown(number) && !isUnknown(numeric)) {
      throw new Error("number and numeric are set to different values: leave out number, it is deprecated");
    }
    planned.number = number ?? numeric ?? true;
    planned.numeric = numeric ?? number ?? true;
  }

  protected override replaces(name: string, prior: Value, value: Value): boolean | undefined {
    return name === "overrideSpecial" && prior === "" && value === null ? false : undefined;
  }

  protected override async make(planned: Values): Promise<Values> {
    const result = drawPassword({
      ...planned,
      overrideSpecial: planned.overrideSpecial ?? "",
    } as unknown as PasswordShape);
    return { id: "none", result, bcryptHash: await bcrypt(result) };
  }
}

/** Of the first 72 bytes, with cost 10. Go writes `$2a$` for what JavaScript calls `$2b$`. */
async function bcrypt(password: string): Promise<string> {
  const salt = await genSalt(10);
  return hash(password, salt.replace("$2b$", "$2a$"));
}
