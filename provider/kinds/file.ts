import { z } from "zod";
import { anyTouches } from "../diff";
import { deleteFile, readFile, writeFile } from "../scripts/file";
import { StepFailed } from "../ssh/remote";
import { absolutePath, Host, host, text } from "./fields";
import {
  bytesOf,
  contentFound,
  contentRules,
  FileContent,
  holdsContent,
  inlineLimit,
  newSuffix,
  sizeOf,
  withDigest,
} from "./file-content";
import { FileFields, fileFields } from "./file-fields";
import { formatRules, saysTheSame } from "./file-format";
import { fileImport } from "./file-import";
import { Context, Incomplete, Kind } from "./kind";
import { factsIn, ownerAsWanted, padMode } from "./ownership";

/** How much of a changed file is read back to show what changed, in bytes. */
const readLimit = 1024 * 1024;

/** How long a write may take, in milliseconds: the commands before and after the swap are part of it. */
const writeLimit = 300_000;

type FileInputs = FileContent & FileFields & { host: Host; path: string };
type FileOutputs = { size?: number };

/** A SHA-256 in hex. */
const digest = /^[0-9a-f]{64}$/;

const tooLong = "it has more than 4 MiB, which would pass through the state at every run; give a local file as source";

/** A file: swapped in atomically, with a check before and an action after. */
export const fileKind: Kind<FileInputs, FileOutputs> = {
  token: "dbha:index:File",
  description: "A file on a host: written atomically, checked before the swap where asked, readable for drift.",
  inputs: {
    host: host(),
    path: absolutePath().describe("Absolute path of the file."),
    content: z
      .string("content is a text")
      .refine((given) => Buffer.byteLength(given) <= inlineLimit, tooLong)
      .optional()
      .describe("The whole text of the file, up to 4 MiB."),
    contentBase64: z
      .string("contentBase64 is a text")
      .refine(isBase64, "contentBase64 is Base64 with padding, in one line (RFC 4648, section 4)")
      .refine((given) => Buffer.byteLength(given, "base64") <= inlineLimit, tooLong)
      .optional()
      .describe("The whole content of the file in Base64, up to 4 MiB of it."),
    source: text("source").optional().describe("File on the machine that runs Pulumi whose content is written."),
    contentInState: z
      .boolean("contentInState is true or false")
      .optional()
      .describe("False keeps the content out of the state, which then has a salted hash of it. Default: true."),
    ...fileFields,
    salt: z
      .string()
      .optional()
      .meta({ computed: true, description: "What is hashed before a content that is kept out of the state; made up." }),
    sha256: z
      .string()
      .optional()
      .meta({ computed: true, description: "SHA-256 of salt and content in hex; secret when the content is." }),
  },
  outputs: { size: z.int().describe("Length of the content in bytes.") },
  quiet: ["content", "contentBase64", "validate", "onChange", "sha256"],
  replaceOn: ["host.name", "path"],
  deleteBeforeReplace: true,
  follows: { sha256: ["content", "contentBase64"] },

  rules: (inputs) => [...contentRules(inputs), ...formatRules(inputs)],

  complete: withDigest,

  import: fileImport,

  id: (inputs) => `${inputs.host.name}:${inputs.path}`,
  remains: ({ path }) => `file ${path}`,

  foresee: async (news) => ({ size: await sizeOf(news) }),

  async create(inputs, context) {
    await write(inputs, true, context);
    return { size: await sizeOf(inputs) };
  },

  async read(state, context) {
    const answer = await context.remote(state.host).run({
      name: `read ${state.path}`,
      script: readFile,
      values: {
        path: state.path,
        salt: state.salt ?? "",
        sha256: state.sha256,
        limit: holdsContent(state) ? readLimit : -1,
      },
    });
    switch (answer.must("kind", ["file", "link", "missing", "other"])) {
      case "file": {
        const sha256 = answer.must("sha256", digest);
        const facts = factsIn(answer);
        const same = sha256 === state.sha256 || saysTheSame(state, answer.body);
        return {
          ...state,
          ...contentFound(state, same, answer.body),
          // An action that is still due shows as a difference, so that an update makes it good.
          sha256:
            answer.get("pending") !== undefined && state.onChange !== undefined ? "" : same ? state.sha256 : sha256,
          size: same ? state.size : Number(answer.must("size", /^\d+$/)),
          mode: padMode(facts),
          ...ownerAsWanted(facts, state),
        };
      }
      case "link":
        return { ...state, ...contentFound(state, false, answer.body), sha256: "", size: 0 };
      default:
        return undefined;
    }
  },

  async update(_state, news, changed, context) {
    // These act at a write only; a new one has nothing to do now.
    const atRest = changed.every((change) => anyTouches([change], "host", "validate", "onChange", "inPlace", "format"));
    if (changed.length === 0 || !atRest) {
      await write(news, false, context);
    }
    return { size: await sizeOf(news) };
  },

  async delete(state, context) {
    const answer = await context.remote(state.host).run({
      name: `remove ${state.path}`,
      script: deleteFile,
      values: { path: state.path },
    });
    if (answer.must("kind", ["directory", "gone"]) === "directory") {
      context.warn(`${state.path} on host ${state.host.name} is a directory by now and was left as it is`);
    }
  },
};

async function write(inputs: FileInputs, create: boolean, context: Context): Promise<void> {
  const step = `write ${inputs.path}`;
  const remote = context.remote(inputs.host);
  const { path, owner, group, sha256 } = inputs;
  try {
    const answer = await remote.run({
      name: step,
      script: writeFile,
      values: {
        path,
        mode: inputs.mode,
        owner,
        group,
        salt: inputs.salt ?? "",
        sha256,
        suffix: newSuffix(),
        create,
        validate: inputs.validate ?? "",
        on_change: inputs.onChange ?? "",
        in_place: inputs.inPlace ?? false,
      },
      body: bytesOf(inputs),
      limit: writeLimit,
    });
    const mode = padMode({ mode: answer.must("mode", /^[0-7]{1,4}$/) });
    if (mode !== inputs.mode) {
      throw remote.problem(
        step,
        `its mode is ${mode} after chmod ${inputs.mode}`,
        "check what its file system supports",
      );
    }
  } catch (error) {
    // With an answer about the swap the file is in place: Pulumi must know of it, and the action be repeated.
    if (create && error instanceof StepFailed && error.answer.get("swapped") !== undefined) {
      throw new Incomplete({ size: await sizeOf(inputs), sha256: "" }, error.message);
    }
    throw error;
  }
}

function isBase64(given: string): boolean {
  return Buffer.from(given, "base64").toString("base64") === given;
}
