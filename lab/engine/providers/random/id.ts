import { randomBytes } from "node:crypto";
import type { FrameworkResource } from "../bridge/framework-resource";
import { atLeast, integer, output, replaces, text, textMap, type Schema } from "../bridge/schema";

const schema: Schema = {
  byteLength: { ...integer, required: true, ...replaces, rule: atLeast(1) },
  keepers: { ...textMap, ...replaces },
  prefix: { ...text, ...replaces },
  ...{ b64Std: output, b64Url: output, dec: output, hex: output, id: output },
};

/** Random bytes as text of several notations, the prefix before all but the ID. */
export const randomId: FrameworkResource = {
  packageName: "random",
  schema,
  make({ byteLength, prefix }) {
    const bytes = randomBytes(byteLength as number);
    const before = typeof prefix === "string" ? prefix : "";
    const hex = bytes.toString("hex");
    const id = bytes.toString("base64url");
    return Promise.resolve({
      id,
      b64Std: before + bytes.toString("base64"),
      b64Url: before + id,
      dec: before + BigInt(`0x${hex}`).toString(),
      hex: before + hex,
    });
  },
};
