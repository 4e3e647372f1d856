import type { Provider } from "../../provider";
import { StandIn } from "../stand-in";
import { RandomPassword } from "./random-password";

/** Stand-in of @pulumi/random 4.21: `RandomPassword`. */
export function randomProvider(): Provider {
  return new StandIn("random", { "random:index/randomPassword:RandomPassword": new RandomPassword() });
}
