import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import { isMap } from "../property";
import type { Properties, Property } from "../property";

/** An entry of `config:` in Pulumi.yaml. */
export interface ConfigSchema {
  /** Absent for the short form `key: default`, which is not checked. */
  type?: string;
  default?: Property;
}

export interface Project {
  name: string;
  /** The directory of Pulumi.yaml. */
  root: string;
  /** The directory the program and the plugins run in: that of `main`. */
  directory: string;
  /** The file to run within `directory`, or "." for what its package.json names. */
  entryPoint: string;
  typescript: boolean;
  nodeArguments: string[];
  /** Directories of plugins by package name, as Pulumi.yaml gives them. */
  pluginPaths: Map<string, string>;
  config: Map<string, ConfigSchema>;
}

interface ProjectFile {
  name?: string;
  main?: string;
  runtime?: string | { name?: string; options?: { typescript?: boolean; nodeargs?: string } };
  config?: Properties;
  plugins?: { providers?: { name: string; path: string }[] };
}

/** Reads the Pulumi.yaml of `start` or the nearest directory above it. */
export function loadProject(start: string): Project {
  const file = findUpwards(start);
  const root = dirname(file);
  let content: ProjectFile;
  try {
    content = parse(readFileSync(file, "utf8")) as ProjectFile;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, EXIT.configuration);
  }
  if (!content.name) throw new UserError(`${file}: the project needs a "name"`, EXIT.configuration);
  const runtime = typeof content.runtime === "string" ? { name: content.runtime } : (content.runtime ?? {});
  if (runtime.name !== "nodejs") throw new Unsupported(`the runtime "${runtime.name ?? ""}" (only nodejs)`);
  const options = "options" in runtime ? runtime.options : undefined;
  return {
    name: content.name,
    root,
    ...locateProgram(root, content.main),
    typescript: options?.typescript ?? true,
    nodeArguments: splitArguments(options?.nodeargs ?? ""),
    pluginPaths: new Map((content.plugins?.providers ?? []).map(({ name, path }) => [name, resolve(root, path)])),
    config: new Map(Object.entries(content.config ?? {}).map(([name, value]) => [name, toSchema(name, value)])),
  };
}

function findUpwards(start: string): string {
  for (let directory = resolve(start); ; directory = dirname(directory)) {
    const file = join(directory, "Pulumi.yaml");
    if (existsSync(file)) return file;
    if (directory === dirname(directory)) {
      throw new UserError(`no Pulumi.yaml project file found in ${resolve(start)} or above it`, EXIT.configuration);
    }
  }
}

function locateProgram(root: string, main: string | undefined): { directory: string; entryPoint: string } {
  if (main === undefined || main === "") return { directory: root, entryPoint: "." };
  const path = resolve(root, main);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UserError(`project 'main' could not be read: ${path} does not exist`, EXIT.configuration);
  return found.isDirectory()
    ? { directory: path, entryPoint: "." }
    : { directory: dirname(path), entryPoint: basename(path) };
}

/** Splits at blanks, except within quotes. */
function splitArguments(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function toSchema(name: string, value: Property): ConfigSchema {
  if (!isMap(value)) return { default: value };
  if (name.includes(":")) throw new Unsupported(`configuration of another package in Pulumi.yaml (${name})`);
  if (value.secret === true) throw new Unsupported(`configuration that Pulumi.yaml says is secret (${name})`);
  return value;
}
