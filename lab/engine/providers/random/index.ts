import { genSalt, hash } from "bcryptjs";
import type { Provider } from "../../provider";
import { frameworkResource } from "../bridge/framework-resource";
import { output } from "../bridge/schema";
import { standIn } from "../stand-in";
import { randomId } from "./id";
import { randomText } from "./text";

const password = randomText(
  { schemaVersion: 3, secretOutputs: ["bcryptHash", "result"] },
  { bcryptHash: output },
  async (result) => ({ id: "none", bcryptHash: await bcrypt(result) }),
);
const string = randomText({ schemaVersion: 2 }, {}, (result) => ({ id: result }));

/** Of the first 72 bytes, with cost 10. Go writes `$2a$` for what JavaScript calls `$2b$`. */
async function bcrypt(text: string): Promise<string> {
  const salt = await genSalt(10);
  return hash(text, salt.replace("$2b$", "$2a$"));
}

/** Stand-in of @pulumi/random 4.21: `RandomId`, `RandomPassword` and `RandomString`. */
export function randomProvider(): Provider {
  return standIn("random", {
    "random:index/randomId:RandomId": frameworkResource(randomId),
    "random:index/randomPassword:RandomPassword": frameworkResource(password),
    "random:index/randomString:RandomString": frameworkResource(string),
  });
}
