import type { Provider } from "../../provider";
import { standIn } from "../stand-in";
import { dockerHost } from "./config";
import { container } from "./container";
import { Daemon } from "./daemon";
import { GET_NETWORK, getNetwork } from "./network";

/** Stand-in of @pulumi/docker 5.2: `Container` and `getNetwork` on a daemon behind ssh:// or a unix socket. */
export function dockerProvider(): Provider {
  let daemon: Daemon | undefined;
  const configured = (): Daemon => {
    if (daemon === undefined) throw new Error("the docker provider is not configured yet");
    return daemon;
  };
  return standIn(
    "docker",
    { "docker:index/container:Container": container(configured) },
    {
      configure: async (args) => {
        daemon = await Promise.resolve(new Daemon(dockerHost(args)));
      },
      close: () => Promise.resolve(daemon?.close()),
    },
    { [GET_NETWORK]: (args) => getNetwork(configured(), args) },
  );
}
