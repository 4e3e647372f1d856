import type { Claims } from "../components/claims/claim";
import { collisions } from "../components/claims/collisions";
import { lineOf } from "../components/claims/registry";
import type { KnownHost } from "../components/conflicts";
import { dolphinClaims } from "../components/dolphin/claims";
import { odcClaims } from "../components/odc/claims";
import { odpClaims } from "../components/odp/claims";
import { omsClaims } from "../components/oms/claims";
import type { Inventory, Sections } from "./config";

/** What deployments would both have on one host, told at the later one. */
export function collisionsOf({ odc, odp, oms, dolphin }: Sections, hosts: Inventory["hosts"]): string[] {
  const find = (name: string) => hosts.find((one) => one.name === name);
  const known: KnownHost<string> = {
    nameOf: (name) => name,
    addressOf: (name) => find(name)?.address,
    isLost: (name) => find(name)?.lost === true,
  };
  const claims: [section: string, claims: Claims<string> | undefined][] = [
    ["odc", odc && odcClaims("odc", odc, known)],
    ["odp", odp && odpClaims("odp", odp)],
    ["oms", oms && omsClaims("oms", oms, known)],
    ["dolphin", dolphin && dolphinClaims("dolphin", dolphin, known)],
  ];
  return claims.flatMap(([section, own], i) => {
    const earlier = claims.slice(0, i).flatMap(([, one]) => one ?? []);
    return own
      ? collisions(own, earlier, { ...known, machineOf: known.nameOf }).map((one) => `${section}.${lineOf(one)}`)
      : [];
  });
}
