import type { Answer } from "../ssh/answer";

/** Permission bits as `stat` prints them, in four digits. */
export function padMode(answer: Answer): string {
  return answer.must("mode", /^[0-7]{1,4}$/).padStart(4, "0");
}

/** Owner and group as found, by name where they have one. */
export function ownerFound(answer: Answer) {
  const found = (name: string, id: string) => (name === "UNKNOWN" ? id : name);
  const { owner, uid, group, gid } = ownership(answer);
  return { owner: found(owner, uid), group: found(group, gid) };
}

/** Owner and group as found, in the form in which they are wanted: a number where a number is wanted and right. */
export function ownerAsWanted(answer: Answer, wanted: { owner: string; group: string }) {
  const found = (name: string, id: string, want: string) => (want === id ? want : name);
  const { owner, uid, group, gid } = ownership(answer);
  return { owner: found(owner, uid, wanted.owner), group: found(group, gid, wanted.group) };
}

function ownership(answer: Answer) {
  const [name, id] = [/./, /^\d+$/];
  return {
    owner: answer.must("owner", name),
    uid: answer.must("uid", id),
    group: answer.must("group", name),
    gid: answer.must("gid", id),
  };
}

/** Who made directories, in the records on hosts: the same for every run of a resource, and another for another path. */
export function makerOf(urn: string, path: string): string {
  return `${urn} ${path}`;
}
