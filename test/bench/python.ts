import { readFileSync } from "node:fs";
import { pythonPrograms } from "../python-programs";

let installed: Promise<string> | undefined;

/** The folder with the programs of Ansible and pyinfra. @throws Error that says what is missing. */
export function peerPrograms(): Promise<string> {
  return (installed ??= pythonPrograms(readFileSync("test/bench/requirements.txt", "utf8").trim().split("\n")));
}
