import * as pulumi from "@pulumi/pulumi";
import { getHealth, getObproxy } from "../../provider/resources";
import { describe } from "../adopt/differences";
import { living, type Host } from "../host";
import { settled } from "../output-value";
import {
  askedFor,
  configurationDifferences,
  notOne,
  processDifferences,
  staying,
  type WantedProxy,
} from "./adopt-differences";
import { askedAt, foundParts, type FoundOnHost, looksForProxies, meant, parseFound } from "./adopt-found";
import type { Instance } from "./instance";
import { proxyIdsOf } from "./parameters";
import type { OdpSettings } from "./schema";

/**
 * Looks at the proxies that the deployment is to take over, and tells which it does. The watchdog finds them by itself when it starts: by
 * program, working directory and user. So nothing is done here.
 * @returns all in which they are not what the arguments say, a line each; none where the deployment does not take over, or has them already
 */
export async function adoptionProblems(
  instance: Instance,
  settings: OdpSettings<Host>,
  parent: pulumi.Resource,
): Promise<string[]> {
  if (!settings.adopt) return [];
  const found = await Promise.all(living(settings.hosts).map((host) => look(host, instance, settings, parent)));
  return found.flat();
}

async function look(
  host: Host,
  instance: Instance,
  settings: OdpSettings<Host>,
  parent: pulumi.Resource,
): Promise<string[]> {
  const here = `host ${host.hostName}: `;
  const there = await ask(host, instance, parent);
  if (there.known) return [];
  const one = meant(there.proxies, there.directory || instance.directory);
  if (one === undefined) return [`${here}${notOne(there, instance.directory)}`];
  const wanted = wantedOn(host, instance, settings);
  const differences = processDifferences(one, there, wanted);
  const port = askedAt(one, settings.ports.sql);
  // one that listens on neither port is told by that
  const seen = port === undefined ? undefined : await configuration(host, port, wanted, parent);
  if (seen !== undefined) differences.push(...configurationDifferences(seen, wanted, host.hostName));
  if (differences.length > 0) return differences.map((each) => `${here}${describe(each)}`);
  const stays = staying(one, instance.unit).map((each) => `\n  - ${describe(each)}`);
  const password = seen?.login === "open" ? "\n  - root@proxysys has no password, and gets proxysysPassword" : "";
  void pulumi.log.info(
    `OBProxy ${instance.name} on host ${host.hostName}, process ${one.pid}, is taken over as it runs; until it is restarted, this stays as it is:${stays.join("")}${password}`,
    parent,
  );
  return [];
}

async function ask(host: Host, instance: Instance, parent: pulumi.Resource): Promise<FoundOnHost> {
  const question = { host: host.data, command: looksForProxies(instance), extract: foundParts };
  return parseFound((await host.answered(getHealth(question, { parent }))).values);
}

async function configuration(host: Host, port: number, wanted: WantedProxy, parent: pulumi.Resource) {
  const { proxysysPassword, observerSysPassword } = wanted.settings;
  const [own, observer] = await Promise.all([
    settled(pulumi.output(proxysysPassword)),
    settled(pulumi.output(observerSysPassword)),
  ]);
  const question = {
    host: host.data,
    port,
    passwords: own === undefined ? [] : [own],
    observerPassword: observer,
    parameters: askedFor(wanted),
  };
  return host.answered(getObproxy(question, { parent }));
}

function wantedOn(host: Host, instance: Instance, settings: OdpSettings<Host>): WantedProxy {
  const ids = proxyIdsOf(
    settings.hosts.map(({ hostName }) => hostName),
    settings,
  );
  return {
    settings,
    proxyId: ids[settings.hosts.indexOf(host)] as number,
    appName: settings.appName ?? instance.name,
    program: `${instance.home}/bin/obproxy`,
    directory: instance.directory,
    user: instance.user,
  };
}
