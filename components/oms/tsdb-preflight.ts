import * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import { living, type Host } from "../host";
import { refusal, sentence } from "../validation";
import type { OmsSettings } from "./schema";
import { asUser, endpointOf, type TsdbAccess } from "./tsdb";

/**
 * Asks every node whether it comes into a time-series database that is there, in preview too: without it OMS's supervisor is
 * started again for ever.
 * @throws pulumi.ResourceError that lists the nodes that do not
 */
export function fitTsdb(
  name: string,
  { tsdb }: OmsSettings<Host>,
  nodes: Host[],
  access: pulumi.Output<TsdbAccess> | undefined,
  parent: pulumi.Resource,
): pulumi.Output<void> {
  if (access === undefined || tsdb?.influxDb !== undefined) return pulumi.output(undefined);
  return access.apply(async (known) => {
    const asked = living(nodes).map(async (host) => {
      const { healthy, detail } = await host.answered(getHealth({ host: host.data, ...question(known) }, { parent }));
      return healthy ? [] : [`host ${host.hostName}: ${tsdbProblem(known, detail)}`];
    });
    const found = (await Promise.all(asked)).flat();
    if (found.length > 0) throw refusal(`OmsMultiNode ${name}: its time-series database is not ready`, found, parent);
  });
}

/** Every user of InfluxDB may ask for databases. Of CeresDB nothing is known but its port. */
const question = (access: TsdbAccess) =>
  access.service === "INFLUXDB"
    ? { http: { ...endpointOf(access.url), ...asUser(access, "SHOW DATABASES") } }
    : { tcp: endpointOf(access.url) };

/** @param detail what was seen, like `HTTP 401 instead of 200: …` or `connection refused`. */
export const tsdbProblem = ({ url, username }: TsdbAccess, detail: string): string =>
  detail.startsWith("HTTP 401")
    ? sentence(
        `the time-series database at ${url} refuses user ${username} with this password`,
        "mend tsdb.username or tsdb.password",
      )
    : sentence(
        `does not reach the time-series database at ${url}: ${detail}`,
        "start it, or mend tsdb.url, or the network and firewalls between",
      );
