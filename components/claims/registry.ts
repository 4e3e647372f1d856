import * as pulumi from "@pulumi/pulumi";
import { bracketed } from "../../provider/resources/host-rules";
import type { HostData } from "../../provider/resources";
import type { Host } from "../host";
import { refuseArguments, sentence } from "../validation";
import type { Claims } from "./claim";
import { type Collision, collisions, type Machines } from "./collisions";

/** What each program's deployments have of their hosts; a program goes with its connection to the engine. */
const programs = new WeakMap<object, Claims<Host>[]>();

/** One text for one SSH server, by whatever name it is called. */
const machine = ({ address, port = 22, bastion }: Omit<HostData, "name">): string => {
  const own = `${bracketed(address.toLowerCase())}:${port}`;
  return bastion === undefined ? own : `${machine(bastion)} ${own}`;
};

const machines: Machines<Host> = {
  nameOf: (host) => host.hostName,
  addressOf: (host) => host.address,
  machineOf: (host) => machine(host.data),
};

/**
 * Notes what a deployment is to have of its hosts, unless a deployment that the program made before has some of it.
 * @returns false where a preview goes on without it.
 * @throws pulumi.ResourceError that lists every collision with both names, but for a preview
 */
export function claimHosts(claims: Claims<Host>, resource: pulumi.Resource): boolean {
  const program = pulumi.runtime.getMonitor() as object | undefined;
  if (program === undefined) return true;
  const earlier = programs.get(program) ?? [];
  const found = collisions(claims, earlier, machines);
  if (found.length > 0) {
    refuseArguments(found.map(lineOf), resource, claims.owner);
    return false;
  }
  programs.set(program, [...earlier, claims]);
  return true;
}

/** Argument, value, rule and fix. */
export const lineOf = ({ argument, value, rule, fix }: Collision): string =>
  `${argument} = ${value}: ${sentence(rule, fix)}`;
