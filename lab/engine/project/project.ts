import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import { isMap, type Properties, type Property } from "../property";

/** An entry of `config:` in Pulumi.yaml. */
export interface ConfigSchema {
  /** Absent for the short form `key: default`, which is not checked. */
  type?: string;
  default?: Property;
}

export interface Project {
  name: string;
  /** The directory of Pulumi.yaml, which the program and the plugins run in. */
  root: string;
  /** The file to run, or "." for what package.json names. */
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

/** Reads the Pulumi.yaml of a directory. */
export function loadProject(root: string): Project {
  const file = join(root, "Pulumi.yaml");
  if (!existsSync(file)) throw new UserError(`no Pulumi.yaml project file found in ${root}`, EXIT.configuration);
  let content: ProjectFile;
  try {
    content = parse(readFileSync(file, "utf8")) as ProjectFile;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, EXIT.configuration);
  }
  const { name, main, runtime = "", config = {}, plugins } = content;
  if (!name) throw new UserError(`${file}: the project needs a "name"`, EXIT.configuration);
  const { name: language = "", options = {} } = typeof runtime === "string" ? { name: runtime } : runtime;
  if (language !== "nodejs") throw new Unsupported(`the runtime "${language}" (only nodejs)`);
  if (
    main !== undefined &&
    (basename(main) !== main || !statSync(join(root, main), { throwIfNoEntry: false })?.isFile())
  )
    throw new Unsupported(`the main "${main}" (only a file beside Pulumi.yaml)`);
  const { typescript = true, nodeargs = "" } = options;
  if (/["']/.test(nodeargs)) throw new Unsupported("quotes in nodeargs");
  return {
    name,
    root,
    entryPoint: main ?? ".",
    typescript,
    nodeArguments: nodeargs.split(/\s+/).filter((argument) => argument !== ""),
    pluginPaths: new Map((plugins?.providers ?? []).map((plugin) => [plugin.name, resolve(root, plugin.path)])),
    config: new Map(Object.entries(config).map(([key, value]) => [key, toSchema(key, value)])),
  };
}

function toSchema(name: string, value: Property): ConfigSchema {
  if (!isMap(value)) return { default: value };
  if (name.includes(":")) throw new Unsupported(`configuration of another package in Pulumi.yaml (${name})`);
  if (value.secret === true) throw new Unsupported(`configuration that Pulumi.yaml says is secret (${name})`);
  return value;
}
