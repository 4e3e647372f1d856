import { dirname, join } from "node:path/posix";
import type { Host } from "../host";
import { shellWord } from "../shell-word";
import type { OmsSettings } from "./schema";

/** Where the hosts have certificate and key: beside config.yaml, unless told otherwise. */
export function tlsFiles({ configFile, https }: OmsSettings<Host>): { directory: string; crt: string; key: string } {
  const directory = https?.directory ?? dirname(configFile);
  return { directory, crt: join(directory, "https_crt"), key: join(directory, "https_key") };
}

/** Has the nginx in a container take over the certificate that is there. */
export const reloadConsole = (container: string): string =>
  `docker exec ${shellWord(container)} supervisorctl signal HUP nginx`;

/** What a container has of its host. Sources: "Run the following command to start the container". */
export function volumes(settings: OmsSettings<Host>, https: boolean): { hostPath: string; containerPath: string }[] {
  const { configFile, mounts } = settings;
  const { crt, key } = tlsFiles(settings);
  const nginx = [
    { hostPath: crt, containerPath: "/etc/pki/nginx/oms_server.crt" },
    { hostPath: key, containerPath: "/etc/pki/nginx/oms_server.key" },
  ];
  return [
    { hostPath: configFile, containerPath: "/home/admin/conf/config.yaml" },
    { hostPath: mounts.logs, containerPath: "/home/admin/logs" },
    { hostPath: mounts.store, containerPath: "/home/ds/store" },
    { hostPath: mounts.run, containerPath: "/home/ds/run" },
    ...(https ? nginx : []),
  ];
}
