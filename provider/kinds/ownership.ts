import type { Answer } from "../ssh/answer";

/** Permission bits and owners of something on a host, as `stat` tells them. */
export interface Facts {
  mode: string;
  owner: string;
  group: string;
  uid: string;
  gid: string;
}

/** What a script says of one thing. */
export function factsIn(answer: Answer): Facts {
  const [name, id] = [/./, /^\d+$/];
  return {
    mode: answer.must("mode", /^[0-7]{1,4}$/),
    owner: answer.must("owner", name),
    uid: answer.must("uid", id),
    group: answer.must("group", name),
    gid: answer.must("gid", id),
  };
}

/** Permission bits in four digits. */
export function padMode({ mode }: Pick<Facts, "mode">): string {
  return mode.padStart(4, "0");
}

/** Owner and group as found, by name where they have one. */
export function ownerFound({ owner, uid, group, gid }: Facts) {
  const found = (name: string, id: string) => (name === "UNKNOWN" ? id : name);
  return { owner: found(owner, uid), group: found(group, gid) };
}

/** Owner and group as found, in the form in which they are wanted: a number where a number is wanted and right. */
export function ownerAsWanted({ owner, uid, group, gid }: Facts, wanted: { owner: string; group: string }) {
  const found = (name: string, id: string, want: string) => (want === id ? want : name);
  return { owner: found(owner, uid, wanted.owner), group: found(group, gid, wanted.group) };
}

/** Who made directories, in the records on hosts: the same for every run of a resource, and another for another path. */
export function makerOf(urn: string, path: string): string {
  return `${urn} ${path}`;
}
