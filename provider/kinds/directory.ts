import { z } from "zod";
import { anyTouches } from "../diff";
import { makeDirectory, readDirectory, removeDirectories } from "../scripts/directory";
import { StepFailed } from "../ssh/remote";
import { absolutePath, account, Host, host, isCleanPath, mode } from "./fields";
import { Context, Found, Incomplete, Kind } from "./kind";
import { factsIn, makerOf, ownerAsWanted, ownerFound, padMode } from "./ownership";

type DirectoryInputs = {
  host: Host;
  path: string;
  mode: string;
  owner: string;
  group: string;
  onDelete: "removeIfEmpty" | "keep" | "purge";
};
type DirectoryOutputs = { createdPaths: string[] };

/** What may be at a path. */
const kinds = ["directory", "missing", "other"] as const;

/** A directory with its missing parents; only what was made is ever removed. */
export const directoryKind: Kind<DirectoryInputs, DirectoryOutputs> = {
  token: "dbha:index:Directory",
  description: "A directory on a host.",
  inputs: {
    host: host(),
    path: absolutePath().describe("Absolute path; missing parents are created."),
    mode: mode().default("0755").describe("Permission bits, octal."),
    owner: account().default("root").describe("User that owns the directory."),
    group: account().default("root").describe("Group of the directory."),
    onDelete: z
      .enum(["removeIfEmpty", "keep", "purge"], 'must be "removeIfEmpty", "keep" or "purge"; fix: give one of them')
      .default("removeIfEmpty")
      .describe("What to do with the directory on delete, if it was created by the resource."),
  },
  outputs: { createdPaths: z.array(z.string()).describe("The directories that did not exist before, parents first.") },
  quiet: [],
  replaceOn: ["host.name", "path"],
  deleteBeforeReplace: true,

  import: {
    form: "PATH with an absolute path",
    example: "p1:/opt/odc",
    look: (rest) => (isCleanPath(rest) ? (host, context) => find(host, rest, context) : undefined),
  },

  id: (inputs) => `${inputs.host.name}:${inputs.path}`,
  remains: ({ path, createdPaths }) => (createdPaths.includes(path) ? `directory ${path}` : undefined),

  foresee: (_news, state) => (state === undefined ? {} : { createdPaths: state.createdPaths }),

  async create({ host, path, mode, owner, group }, context) {
    try {
      const answer = await context.remote(host).run({
        name: `make directory ${path}`,
        script: makeDirectory,
        values: { path, mode, owner, group, maker: makerOf(context.urn, path) },
      });
      return { createdPaths: answer.all("created") };
    } catch (error) {
      const created = error instanceof StepFailed ? error.answer.all("created") : [];
      if (error instanceof StepFailed && created.length > 0) {
        throw new Incomplete({ createdPaths: created, mode: "" }, error.message);
      }
      throw error;
    }
  },

  async read(state, context) {
    const { path } = state;
    const answer = await context
      .remote(state.host)
      .run({ name: `look at ${path}`, script: readDirectory, values: { path } });
    if (answer.must("kind", kinds) !== "directory") {
      return undefined;
    }
    const facts = factsIn(answer);
    return { ...state, mode: padMode(facts), ...ownerAsWanted(facts, state) };
  },

  async update(state, news, changed, context) {
    if (changed.length > 0 && !anyTouches(changed, "mode", "owner", "group")) {
      return { createdPaths: state.createdPaths };
    }
    const { createdPaths } = await this.create(news, context);
    return { createdPaths: [...new Set([...state.createdPaths, ...createdPaths])] };
  },

  async delete({ host, path, onDelete, createdPaths }, context) {
    if (createdPaths.length === 0) {
      return;
    }
    const answer = await context.remote(host).run({
      name: `remove directory ${path}`,
      script: removeDirectories,
      values: {
        path,
        purge: onDelete === "purge" && createdPaths.includes(path) ? path : "",
        keep: onDelete === "keep",
      },
      list: [...createdPaths].sort((a, b) => b.length - a.length),
    });
    if (answer.all("left").includes(path)) {
      context.warn(`${path} on host ${host.name} is not empty and was kept`);
    }
  },
};

const inTheWay: Record<string, [problem: string, fix: string]> = {
  missing: ["there is nothing at this path", "correct it, or declare the directory without import, and up makes it"],
  other: ["what is there is not a directory", "correct the path; a file is imported as dbha:index:File"],
};

/** A directory that was there; it is not removed on delete, since the resource did not make it. */
async function find(host: Host, path: string, context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import ${path}`;
  const answer = await remote.run({ name: step, script: readDirectory, values: { path } });
  const trouble = inTheWay[answer.must("kind", kinds)];
  if (trouble !== undefined) {
    throw remote.problem(step, ...trouble);
  }
  const facts = factsIn(answer);
  return {
    inputs: { path, mode: padMode(facts), ...ownerFound(facts) },
    outputs: { createdPaths: [] },
  };
}
