import type { Answer } from "../ssh/answer";

/** Permission bits as `stat` prints them, in four digits. */
export function padMode(mode: string): string {
  return mode === "" ? "" : mode.padStart(4, "0");
}

/** Owner and group as found, by name where they have one. */
export function ownerFound(answer: Answer) {
  const found = (name = "", id = "") => (name === "UNKNOWN" ? id : name);
  return { owner: found(answer.get("owner"), answer.get("uid")), group: found(answer.get("group"), answer.get("gid")) };
}

/** Owner and group as found, in the form in which they are wanted: a number where a number is wanted and right. */
export function ownerAsWanted(answer: Answer, wanted: { owner: string; group: string }) {
  const found = (name: string | undefined, id: string | undefined, want: string) => (want === id ? want : (name ?? ""));
  return {
    owner: found(answer.get("owner"), answer.get("uid"), wanted.owner),
    group: found(answer.get("group"), answer.get("gid"), wanted.group),
  };
}

/** Who made directories, in the records on hosts: the same for every run of a resource, and another for another path. */
export function makerOf(urn: string, path: string): string {
  return `${urn} ${path}`;
}
