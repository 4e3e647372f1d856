import { createHash } from "node:crypto";

/** The three Linux hosts of every lab, in the order of their addresses. */
export const HOST_NAMES = ["p1", "p2", "p3"] as const;
export type HostName = (typeof HOST_NAMES)[number];

/** Containers of a lab: its hosts and the database they use. */
export const MEMBER_NAMES = [...HOST_NAMES, "metadb"] as const;
export type MemberName = (typeof MEMBER_NAMES)[number];

/** Checks the name of a lab; it becomes part of container, network and directory names. Returns it unchanged. */
export function checkLabName(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw new Error(
      `lab name ${JSON.stringify(name)}: 1 to 20 lower-case letters, digits and hyphens, beginning with a letter, are allowed; choose another --name`,
    );
  }
  return name;
}

/** True for the labs on which the tests run, `test`, `test-1` and so on. */
export const isTestLab = (name: string): boolean => /^test(-\d+)?$/.test(name);

/** What a lab's objects are called in Docker and on the machine. */
export interface ObjectNames {
  network: string;
  /** Interface name, at most 15 characters (a limit of Linux). */
  bridge: string;
  /** Where a database server of this kind keeps the MetaDB. */
  volume: (server: string) => string;
  container: (member: MemberName) => string;
}

/**
 * Names for the objects of the lab `name` that lives in `directory`. They depend on the directory too, so that labs of the
 * same name in two checkouts do not get in each other's way.
 */
export function objectNames(name: string, directory: string): ObjectNames {
  const tag = createHash("sha256").update(directory).digest("hex").slice(0, 6);
  const prefix = `dbha-${name}-${tag}`;
  return {
    network: prefix,
    bridge: `dbha-${createHash("sha256").update(`${name}\n${directory}`).digest("hex").slice(0, 8)}`,
    volume: (server) => `${prefix}-${server}`,
    container: (member) => `${prefix}-${member}`,
  };
}
