import * as pulumi from "@pulumi/pulumi";
import { NoLicense, parseLicense } from "../../provider/resources/dolphin/license";
import { factsOf, living } from "../host";
import { checkedOutput, refusal, sentence } from "../validation";
import { lookToAdopt } from "./adopt";
import type { DolphinCluster } from "./cluster";
import { licenseProblems, licenseWarnings } from "./license-check";
import { placeProblems } from "./place";
import { dolphinDemands, dolphinProblems, memoryWarnings } from "./preflight";
import { secretFields } from "./schema";

/** Asks all hosts at once, in preview too. @throws pulumi.ResourceError that lists what every host lacks */
export const fitHosts = (cluster: DolphinCluster, parent: pulumi.Resource): pulumi.Output<void> =>
  pulumi.output(
    factsOf(living(cluster.hosts)).then(async (known) => {
      const { settings, instance } = cluster;
      const adopted = await lookToAdopt(cluster, parent);
      const others = living(cluster.hosts).filter((host) => !adopted.hosts.includes(host));
      const asked = known.map(({ host, facts }) => ({
        name: host.hostName,
        facts,
        demands: dolphinDemands(settings, cluster.on(host), cluster.unitsOn(host), instance.directory),
      }));
      for (const warning of memoryWarnings(asked)) void pulumi.log.warn(warning, parent);
      const found = [...dolphinProblems(asked), ...adopted.problems, ...(await placeProblems(cluster, others, parent))];
      if (found.length > 0) throw refusal(`DolphinHaCluster ${cluster.name}: its hosts are not ready`, found, parent);
    }),
  );

/** The licence's text, when it is known and enough. @throws pulumi.ResourceError that lists what it lacks */
export function fitLicense(cluster: DolphinCluster, parent: pulumi.Resource): pulumi.Output<string> {
  const given = checkedOutput(cluster.settings.license, secretFields.license, "license", parent);
  return pulumi.secret(given).apply((text) => {
    const { found, warned } = judged(text, cluster);
    if (found.length > 0) throw refusal(`DolphinHaCluster ${cluster.name}: its licence is not enough`, found, parent);
    for (const line of warned) void pulumi.log.warn(line, parent);
    return text;
  });
}

function judged(text: string, { settings, nodes }: DolphinCluster): { found: string[]; warned: string[] } {
  const today = new Date().toISOString().slice(0, 10);
  try {
    const terms = parseLicense(text);
    return { found: licenseProblems(terms, settings, nodes, today), warned: licenseWarnings(terms, today) };
  } catch (error) {
    if (!(error instanceof NoLicense)) throw error;
    return { found: [`license: ${sentence(error.message, "read it from the file that the vendor sent")}`], warned: [] };
  }
}
