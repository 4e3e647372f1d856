import type { Provider } from "../../provider";
import { standIn } from "../stand-in";
import type { OpenConnection } from "./dial";
import { remoteCommand } from "./remote-command";

/** Stand-in of @pulumi/command 1.2: `command:remote:Command`. */
export function commandProvider(): Provider {
  const open = new Set<OpenConnection>();
  const close = (): Promise<void> => {
    for (const connection of open) connection.end();
    return Promise.resolve();
  };
  return standIn("command", { "command:remote:Command": remoteCommand(open) }, { close, keepsSecretItems: true });
}
