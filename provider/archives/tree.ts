import { createHash } from "node:crypto";
import type { RawEntry } from "./entries";

/** What an entry becomes on the host. */
export interface Node {
  /** Relative path, without `.` or `..`. */
  name: string;
  type: "file" | "directory" | "symlink" | "link";
  /** Permission bits; neither setuid, setgid nor sticky. */
  mode: number;
  /** Seconds since 1970. */
  modified: number;
  size: number;
  /** Where a symbolic link points to, or the earlier file that a hard link is another name of. */
  target: string;
}

/** An entry that is not unpacked on any host. */
export class EntryRefused extends Error {}

const types: Record<string, Node["type"]> = {
  file: "file",
  "contiguous-file": "file",
  directory: "directory",
  symlink: "symlink",
  link: "link",
};

/**
 * The files that an archive is to become. Takes entry by entry and refuses what could reach outside the directory they
 * are unpacked in, whatever the host's tar would make of it.
 */
export class Tree {
  private readonly nodes = new Map<string, Node>();

  /** @param strip how many leading parts of every name are left out */
  constructor(private readonly strip: number) {}

  get size(): number {
    return this.nodes.size;
  }

  /**
   * Adds an entry.
   * @returns what is to be written for it: first the directories above it that have no entry of their own so far; nothing
   * when its whole name is left out
   * @throws Error naming the entry and what is wrong with it
   */
  add(entry: RawEntry): Node[] {
    const type = types[entry.type];
    if (type === undefined) {
      throw refused(entry, `is a ${entry.type.replace("-", " ")}`, "only files, directories and links are unpacked");
    }
    const name = this.stripped(entry, entry.name);
    if (name === "") {
      return [];
    }
    const parents = this.parentsOf(entry, name);
    const node = this.nodeOf(entry, type, name);
    const before = this.nodes.get(name);
    if (before !== undefined && (before.type !== "directory" || type !== "directory")) {
      throw refused(entry, "is there twice", "write the archive anew, with each name once");
    }
    for (const added of [...parents, node]) {
      this.nodes.set(added.name, added);
    }
    return [...parents, node];
  }

  /**
   * One hash over names, types, modes, link targets, and the sizes and times of files: what `manifest` in the host's
   * scripts makes of the unpacked directory.
   */
  manifest(): string {
    const lines = [...this.nodes.values()].map((node) => Buffer.from(`${lineOf(this.linked(node))}\n`));
    lines.push(Buffer.from("d 755 .\n"));
    return createHash("sha256")
      .update(Buffer.concat(lines.sort((a, b) => Buffer.compare(a, b))))
      .digest("hex");
  }

  private stripped(entry: RawEntry, path: string): string {
    if (path.startsWith("/")) {
      throw refused(entry, "is an absolute path", "write the archive with relative names");
    }
    const parts = partsOf(path);
    if (parts.includes("..")) {
      throw refused(entry, "has a .. part", "write the archive with names below one directory");
    }
    if (/[\p{Cc}\uFFFD]/u.test(path)) {
      throw refused(entry, "has a name with control characters, or one that is not UTF-8", "rename it");
    }
    return parts.slice(this.strip).join("/");
  }

  private parentsOf(entry: RawEntry, name: string): Node[] {
    const parts = name.split("/").slice(0, -1);
    const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    const blocked = above.find((parent) => !["directory", undefined].includes(this.nodes.get(parent)?.type));
    if (blocked !== undefined) {
      throw refused(entry, `lies below ${blocked}, which is no directory`, "write the archive anew");
    }
    return above
      .filter((parent) => !this.nodes.has(parent))
      .map((parent) => ({ name: parent, type: "directory", mode: 0o755, modified: 0, size: 0, target: "" }));
  }

  private nodeOf(entry: RawEntry, type: Node["type"], name: string): Node {
    const usual = type === "directory" ? 0o755 : 0o644;
    const seconds = Math.floor((entry.modified?.getTime() ?? 0) / 1000);
    return {
      name,
      type,
      mode: (entry.mode ?? usual) & 0o777,
      // What the time field of a tar header as we write it can hold.
      modified: Math.min(Math.max(seconds, 0), 0x7fffffff),
      size: type === "file" ? entry.size : 0,
      target: this.targetOf(entry, type, name),
    };
  }

  private targetOf(entry: RawEntry, type: Node["type"], name: string): string {
    const { target } = entry;
    if (type === "link") {
      const file = this.stripped({ ...entry, name: `${entry.name} -> ${target}` }, target);
      const found = this.nodes.get(file)?.type;
      if (found !== "file" && found !== "link") {
        throw refused(entry, `is a hard link to ${target}, which is no earlier file`, "write the archive anew");
      }
      return file;
    }
    if (type === "symlink" && (!staysInside(name, target) || /[\p{Cc}\uFFFD]/u.test(target))) {
      throw refused(entry, `is a link to ${target}, which may lead outside`, "use relative links within the archive");
    }
    return type === "symlink" ? target : "";
  }

  /** A hard link as the file that it is a name of. */
  private linked(node: Node): Node {
    const file = node.type === "link" ? this.nodes.get(node.target) : undefined;
    return file === undefined ? node : { ...this.linked(file), name: node.name };
  }
}

/**
 * Whether a link stays below the root. `..` counts only at the start of the target, above which there are true directories;
 * further on it could follow another link and then go up from wherever that leads.
 */
function staysInside(name: string, target: string): boolean {
  const parts = partsOf(target);
  const ups = parts.findIndex((part) => part !== "..");
  const leading = ups === -1 ? parts.length : ups;
  const depth = name.split("/").length - 1;
  return target !== "" && !target.startsWith("/") && leading <= depth && !parts.slice(leading).includes("..");
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function lineOf(node: Node): string {
  switch (node.type) {
    case "directory":
      return `d ${node.mode.toString(8)} ./${node.name}`;
    case "symlink":
      return `l ./${node.name} -> ${node.target}`;
    default:
      return `f ${node.mode.toString(8)} ${node.size} ${node.modified} ./${node.name}`;
  }
}

function refused(entry: RawEntry, found: string, fix: string): EntryRefused {
  return new EntryRefused(`the entry ${JSON.stringify(entry.name)} ${found}; ${fix}`);
}
