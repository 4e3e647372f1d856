import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { shellWord } from "../shell-word";
import { sentence } from "../validation";
import type { DolphinCluster } from "./cluster";
import { directoriesOf } from "./directories";

/**
 * Whether a cluster in clusterDemo has there, and at its volumes, what its nodes write to: nothing of it is made by the deployment.
 * @returns a line for each host that lacks some
 */
export async function placeProblems(
  cluster: DolphinCluster,
  hosts: Host[],
  parent: pulumi.Resource,
): Promise<string[]> {
  if (cluster.settings.clusterDemo === undefined) return [];
  const found = await Promise.all(hosts.map((host) => missingOn(host, cluster, parent)));
  return hosts.flatMap((host, i) => {
    const missing = found[i] ?? [];
    if (missing.length === 0) return [];
    const { user } = cluster.instance;
    const rule = `host ${host.hostName}: the user ${user} cannot write to ${missing.join(", ")}`;
    return [sentence(rule, `make it there: install -d -o ${user} ${missing.join(" ")}`)];
  });
}

async function missingOn(host: Host, cluster: DolphinCluster, parent: pulumi.Resource): Promise<string[]> {
  const { work, directory, config, logs, user } = cluster.instance;
  const paths = [work, directory, config, logs, ...directoriesOf(cluster.settings, cluster.on(host))];
  const command = looksForPlace(user, paths);
  const { values } = await host.answered(
    getHealth({ host: host.data, command, extract: { missing: "/missing" } }, { parent }),
  );
  return (values.missing ?? "").split(" ").filter((path) => path !== "");
}

/** A command that says as JSON which of the paths are no directories that the user may write to. */
export const looksForPlace = (user: string, paths: string[]): string => `
missing=
for each in ${paths.map(shellWord).join(" ")}; do
  [ -d "$each" ] && runuser -u ${user} -- test -w "$each" 2>/dev/null || missing="$missing $each"
done
printf '{"missing":"%s"}' "\${missing# }"
`;
