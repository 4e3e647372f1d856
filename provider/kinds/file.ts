import { createHash } from "node:crypto";
import { z } from "zod";
import { anyTouches } from "../diff";
import { deleteFile, readFile, writeFile } from "../scripts/file";
import { StepFailed } from "../ssh/remote";
import { hasUnknown, UNKNOWN } from "../wire";
import { absolutePath, account, Host, host, mode } from "./fields";
import { Context, Incomplete, Kind } from "./kind";
import { ownerAsWanted, padMode } from "./ownership";

/** How much of a changed file is read back to show what changed, in bytes. */
const readLimit = 1024 * 1024;

/** How long a write may take, in milliseconds: the commands before and after the swap are part of it. */
const writeLimit = 300_000;

type FileInputs = {
  host: Host;
  path: string;
  content: string;
  mode: string;
  owner: string;
  group: string;
  validate?: string;
  onChange?: string;
  sha256: string;
};
type FileOutputs = { size: number };

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A text file: swapped in atomically, with a check before and an action after. */
export const fileKind: Kind<FileInputs, FileOutputs> = {
  token: "dbha:index:File",
  description: "A text file on a host: written atomically, checked before the swap where asked, readable for drift.",
  inputs: {
    host: host(),
    path: absolutePath().describe("Absolute path of the file."),
    content: z.string("content is a text").describe("The whole text of the file."),
    mode: mode().default("0644").describe("Permission bits, octal."),
    owner: account("user").default("root").describe("User that owns the file."),
    group: account("group").default("root").describe("Group of the file."),
    validate: z
      .string("validate is a shell command")
      .optional()
      .describe("Shell command that must accept $DBHA_FILE before the swap."),
    onChange: z.string("onChange is a shell command").optional().describe("Shell command run after every swap."),
    sha256: z.string().optional().describe("SHA-256 of the content in hex; computed, and secret when the content is."),
  },
  outputs: { size: z.int().describe("Length of the content in bytes.") },
  quiet: ["content", "validate", "onChange", "sha256"],
  replaceOn: ["host.name", "path"],
  deleteBeforeReplace: true,
  follows: { sha256: "content" },

  complete: (inputs) => ({ ...inputs, sha256: hasUnknown(inputs.content) ? UNKNOWN : sha256Of(inputs.content) }),

  id: (inputs) => `${inputs.host.name}:${inputs.path}`,

  foresee: (news) => (hasUnknown(news.content) ? {} : { size: Buffer.byteLength(news.content) }),

  async create(inputs, context) {
    await write(inputs, true, context);
    return { size: Buffer.byteLength(inputs.content) };
  },

  async read(state, context) {
    const answer = await context.remote(state.host).run({
      name: `read ${state.path}`,
      script: readFile,
      values: { path: state.path, sha256: state.sha256, limit: readLimit },
    });
    switch (answer.get("kind")) {
      case "file": {
        const same = answer.get("sha256") === state.sha256;
        return {
          ...state,
          content: same ? state.content : textOf(answer.body),
          // An action that is still due shows as a difference, so that an update makes it good.
          sha256:
            answer.get("pending") !== undefined && state.onChange !== undefined ? "" : (answer.get("sha256") ?? ""),
          size: Number(answer.get("size")),
          mode: padMode(answer.get("mode") ?? ""),
          ...ownerAsWanted(answer, state),
        };
      }
      case "link":
        return { ...state, content: "", sha256: "", size: 0 };
      default:
        return undefined;
    }
  },

  async update(_state, news, changed, context) {
    const size = Buffer.byteLength(news.content);
    // The two commands act at a swap only; a new one has nothing to do now.
    const atRest = changed.every((change) => anyTouches([change], "host", "validate", "onChange"));
    if (changed.length === 0 || !atRest) {
      await write(news, false, context);
    }
    return { size };
  },

  async delete(state, context) {
    const answer = await context.remote(state.host).run({
      name: `remove ${state.path}`,
      script: deleteFile,
      values: { path: state.path },
    });
    if (answer.get("kind") === "directory") {
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
        sha256,
        create,
        validate: inputs.validate ?? "",
        on_change: inputs.onChange ?? "",
      },
      body: Buffer.from(inputs.content),
      limit: writeLimit,
    });
    const mode = padMode(answer.get("mode") ?? "");
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
      throw new Incomplete({ size: Buffer.byteLength(inputs.content), sha256: "" }, error.message);
    }
    throw error;
  }
}

/** The text as it was read; empty when it is not UTF-8 or was too long to be sent. */
function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return "";
  }
}
