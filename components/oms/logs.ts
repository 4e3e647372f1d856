import type { Watched } from "../../provider/resources";
import type { Host } from "../host";
import type { OmsSettings } from "./schema";
import { containerNameOf } from "./versions";

/** What tells why a node does not serve: the logs of the programs in its container, which are on the host. */
export const watched = (settings: OmsSettings<Host>): Watched => ({
  container: containerNameOf(settings),
  logFiles: ["ghana/Ghana/common-error.log", "cm/log/service.log", "supervisor/error.log", "supervisord.log"].map(
    (file) => `${settings.mounts.logs}/${file}`,
  ),
});
