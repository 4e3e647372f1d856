import type { Provider } from "../../provider";
import { StandIn } from "../stand-in";
import { dockerHost } from "./config";
import { Container } from "./container";
import { Daemon } from "./daemon";

/** Stand-in of @pulumi/docker 5.2: `Container` on a daemon behind ssh:// or a unix socket. */
export function dockerProvider(): Provider {
  let daemon: Daemon | undefined;
  const configured = (): Daemon => {
    if (daemon === undefined) throw new Error("the docker provider is not configured yet");
    return daemon;
  };
  return new StandIn(
    "docker",
    { "docker:index/container:Container": new Container(configured) },
    {
      configure: (args) => {
        daemon = new Daemon(dockerHost(args));
      },
      cancel: () => daemon?.close(),
      close: () => daemon?.close(),
    },
  );
}
