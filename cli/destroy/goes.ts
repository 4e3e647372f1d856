import { type Change, type Changes, isFrame } from "../report/changes";
import type { Deployment } from "../report/deployments";
import { dataLeft } from "../report/notices/data";

/** What goes of a deployment. */
export interface Going {
  deployment: Deployment;
  /** How many resources. */
  count: number;
  hosts: string[];
  /** Directories that go with all in them, with the hosts on which; of what is made again, such as configuration, none. */
  data: { paths: string[]; hosts: string[] }[];
}

/** What goes, deployment by deployment; of hosts that are left out nothing does. */
export function goingOf({ changes }: Changes, leftOut: string[]): Going[] {
  const isThere = ({ hosts }: Change): boolean => hosts.length === 0 || hosts.some((host) => !leftOut.includes(host));
  const there = changes.filter((one) => isThere(one) && one.step.oldState?.retainOnDelete !== true);
  const all = [...new Set(there.map(({ deployment }) => deployment))];
  return all.map((deployment) => {
    const own = there.filter((one) => one.deployment === deployment);
    const hosts = hostsOf(own, leftOut);
    return { deployment, count: own.length, hosts, data: dataOf(own, leftOut) };
  });
}

const hostsOf = (changes: Change[], leftOut: string[]): string[] =>
  [...new Set(changes.filter((one) => !isFrame(one)).flatMap(({ hosts }) => hosts))]
    .filter((host) => !leftOut.includes(host))
    .sort();

/** Directories by the hosts on which they go. */
function dataOf(changes: Change[], leftOut: string[]): Going["data"] {
  const hostsBy = new Map<string, string[]>();
  for (const change of changes)
    for (const path of dataLeft(change).purged.filter((one) => !/^\/(etc|opt)\//.test(one)))
      hostsBy.set(path, [...(hostsBy.get(path) ?? []), ...hostsOf([change], leftOut)]);
  const byHosts = new Map<string, string[]>();
  for (const [path, hosts] of hostsBy) {
    const key = [...new Set(hosts)].sort().join();
    byHosts.set(key, [...(byHosts.get(key) ?? []), path]);
  }
  return [...byHosts].map(([hosts, paths]) => ({ paths: paths.sort(), hosts: hosts.split(",") }));
}
