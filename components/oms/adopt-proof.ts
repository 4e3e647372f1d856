import type { FoundContainer } from "../../provider/resources";
import { compareVersions } from "../../provider/resources/version";
import { asItHasIt, type Difference } from "../adopt/differences";
import { shellWord } from "../shell-word";
import { isSameUrl, type CmFound } from "./cm-plan";
import { eachState } from "./services";
import { versionOfReference } from "./versions";

/**
 * A command that says as JSON, of a container that was made by hand, which services do not run, whether it was initialised, and whether it
 * sees another config.yaml than its host has, as after an editor that swaps files.
 * @param inside config.yaml in the container.
 * @param outside the same on the host.
 */
export const servesByHand = (container: string, inside: string, outside: string): string => `
within() { docker exec ${shellWord(container)} "$@" </dev/null 2>/dev/null; }
idle=$(within supervisorctl status | ${eachState('if (state[name] != "RUNNING") printf "%s%s %s", (told++ ? ", " : ""), name, state[name]')})
initialised=no
if within sh -c '[ -s /root/init_flag.txt ]'; then initialised=yes; fi
if docker top ${shellWord(container)} -eo pid,args 2>/dev/null | grep -q 'bash .*docker_init\\.sh'; then initialised=begun; fi
there=$(within stat -c %i ${shellWord(inside)}) || there=
other=
if [ -n "$there" ] && [ "$there" != "$(stat -c %i ${shellWord(outside)} 2>/dev/null)" ]; then other=1; fi
printf '{"idle":"%s","initialised":"%s","otherFile":"%s"}' "$idle" "$initialised" "$other"
`;

/** What the command's answer speaks against. */
export function initialisationDifferences(
  { idle = "", initialised, otherFile }: Record<string, string>,
  container: string,
  configFile: string,
): Difference[] {
  const found: Difference[] = [];
  const script = `docker exec ${container} bash /root/docker_init.sh there`;
  if (initialised === "begun")
    found.push({
      what: "initialisation",
      found: "docker_init.sh at work",
      wanted: "that it is done",
      fix: "wait for it",
    });
  else if (initialised !== "yes")
    found.push({
      what: "initialisation",
      found: "no marker /root/init_flag.txt",
      wanted: "that it is done",
      fix: `run ${script}, as its document says`,
    });
  if (idle !== "")
    found.push({
      what: "services",
      found: idle,
      wanted: "that all of them run",
      fix: `docker exec ${container} supervisorctl start all there`,
    });
  if (otherFile === "1")
    found.push({
      what: "config.yaml",
      found: `another file than ${configFile} of its host by now, as an editor leaves it that swaps files`,
      wanted: "that one",
      fix: `docker restart ${container} there, once, after which it sees that one`,
    });
  return found;
}

/** The name of its image may tell another version. */
export function versionDifferences({ reference }: FoundContainer, version: string): Difference[] {
  const tagged = versionOfReference(reference);
  if (tagged === undefined || compareVersions(tagged, version) === 0) return [];
  return [{ what: "version", found: `${tagged} (${reference})`, wanted: version, fix: asItHasIt("version") }];
}

/** A node that the MetaDB does not have, or at another address of the CM, would be initialised anew. */
export function rowDifferences(
  { clusters, hosts }: CmFound,
  { location, cmUrl, address }: { location: number; cmUrl: string; address: string },
  container: string,
): Difference[] {
  const url = clusters.find((one) => one.location === location)?.url;
  const isKnown = hosts.some((one) => one.location === location && one.ip === address);
  const anew = `see that regions.location and the MetaDB are those of this OMS; else run docker exec ${container} bash /root/docker_init.sh there`;
  const found: Difference[] = [];
  if (url === undefined)
    found.push({ what: "MetaDB", found: `no row of region ${location}`, wanted: cmUrl, fix: anew });
  else if (!isSameUrl(url, cmUrl))
    found.push({ what: "cm_url in the MetaDB", found: url, wanted: cmUrl, fix: asItHasIt("regions.cmUrl") });
  if (!isKnown)
    found.push({ what: "MetaDB", found: `no node ${address} in region ${location}`, wanted: "one", fix: anew });
  return found;
}
