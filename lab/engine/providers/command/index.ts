import type { Provider } from "../../provider";
import { StandIn } from "../stand-in";
import { RemoteCommand } from "./remote-command";

/** Stand-in of @pulumi/command 1.2: `command:remote:Command`. */
export function commandProvider(): Provider {
  const remoteCommand = new RemoteCommand();
  return new StandIn(
    "command",
    { "command:remote:Command": remoteCommand },
    { cancel: () => remoteCommand.endConnections() },
  );
}
