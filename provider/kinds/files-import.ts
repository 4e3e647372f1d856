import { isUtf8 } from "node:buffer";
import { Host, isCleanPath } from "./fields";
import { namesOf, textLimit } from "./files-definition";
import { lookAt, textAt, Thing } from "./files-look";
import type { Context, Found, Import } from "./kind";
import { ownerFound, padMode } from "./ownership";

/** Several paths become one resource; the files' texts come into the state. */
export const filesImport: Import = {
  form: "PATH:PATH:… with absolute paths, without : in them",
  example: "p1:/etc/odc:/etc/odc/odc.conf",
  look: (rest) => {
    const paths = rest.split(":");
    return paths.every(isCleanPath) ? (host, context) => find(host, paths, context) : undefined;
  },
};

async function find(host: Host, paths: string[], context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import ${namesOf(paths)}`;
  const asDirectories = (await lookAt(remote, paths, [])).directories;
  const directories = asDirectories.filter(({ kind }) => kind === "directory");
  const others = paths.filter((path) => !directories.some((one) => one.path === path));
  const files = (await lookAt(remote, [], others)).files;
  const trouble = files.find(({ kind }) => kind !== "file");
  if (trouble !== undefined) throw remote.problem(step, ...inTheWay(trouble));
  const long = files.find(({ facts: found }) => Number(found?.size) > textLimit);
  if (long !== undefined)
    throw remote.problem(step, `${long.path} is longer than 256 KiB`, "import it as dbha:index:File");
  const facts = ({ facts: found }: Thing) => found && { mode: padMode(found), ...ownerFound(found) };
  const texts = await Promise.all(files.map(({ path }) => textAt(path, remote)));
  const binary = files.find((_, i) => !isUtf8(texts[i] as Buffer) || texts[i]?.includes(0));
  if (binary !== undefined)
    throw remote.problem(step, `${binary.path} is no text`, "import it as dbha:index:File, which takes any content");
  // What not everybody may read there shall not stand in the state for everybody to read.
  const isSecret = files.some((thing) => (Number.parseInt(facts(thing)?.mode ?? "0", 8) & 0o004) === 0);
  return {
    inputs: {
      directories: Object.fromEntries(directories.map((thing) => [thing.path, facts(thing)])),
      files: Object.fromEntries(
        files.map((thing, i) => [thing.path, { content: texts[i]?.toString("utf8"), ...facts(thing) }]),
      ),
    },
    outputs: { createdPaths: [], due: [] },
    secret: isSecret ? ["files"] : [],
  };
}

const inTheWay = ({ path, kind }: Thing): [problem: string, fix: string] =>
  kind === "missing"
    ? [`there is nothing at ${path}`, "correct it, or declare it without import, and up makes it"]
    : [`what is at ${path} is neither a directory nor a regular file`, "correct the path"];
