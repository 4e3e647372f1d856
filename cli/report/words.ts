import type { Change } from "./changes";
import { COMMAND, CONTAINER, own, touches } from "./notices/notice";

/** What people call a resource of a type. */
const NOUNS: Record<string, string> = {
  [CONTAINER]: "container",
  [COMMAND]: "step",
  [own("Files")]: "files",
  [own("File")]: "file",
  [own("Directory")]: "directory",
  [own("Image")]: "image",
  [own("Archive")]: "package",
  [own("Service")]: "unit",
  [own("Probe")]: "check",
  [own("ObproxyConfig")]: "parameters of OBProxy",
  [own("DolphinServer")]: "server",
  [own("DolphinNodes")]: "nodes",
  [own("DolphinClusterConfig")]: "cluster.cfg",
  [own("DolphinLicense")]: "licence",
  [own("DolphinAdmin")]: "administrator",
  [own("DolphinCheck")]: "check",
  "random:index/randomPassword:RandomPassword": "random password",
  "tls:index/privateKey:PrivateKey": "private key",
};

export const noun = ({ type }: Change): string => NOUNS[type] ?? type;

/** Nouns of several things. */
const SEVERAL = [own("Files"), own("ObproxyConfig"), own("DolphinNodes")];

const VERBS: Record<string, string> = {
  create: "is made",
  update: "is changed",
  replace: "is replaced",
  delete: "is removed",
  import: "is taken over as it is",
};

/** What other kinds call an operation. */
const OWN_VERBS: Record<string, Record<string, string>> = {
  [COMMAND]: { create: "runs", update: "is told of other arguments", replace: "runs again", delete: "is forgotten" },
  [own("Probe")]: { create: "is waited for", update: "is waited for again", delete: "is not asked for any more" },
  [own("Image")]: {
    create: "is loaded onto the host",
    update: "is loaded, another one",
    delete: "is removed from the host",
  },
  [own("Archive")]: { create: "is unpacked", update: "is unpacked, another one" },
};

/** What happens to a resource. */
export function verb(change: Change): string {
  const said = ofOne(change);
  return SEVERAL.includes(change.type) ? said.replace(/^is /, "are ") : said;
}

function ofOne(change: Change): string {
  const { type, op, step } = change;
  if (type === own("Service") && op === "update" && touches(change, "triggers", "unit")) return "restarts";
  if (op === "delete" && step.oldState?.retainOnDelete === true) return "is forgotten; it stays where it is";
  if (op === "delete" && type === COMMAND && typeof step.oldState?.inputs?.delete === "string")
    return "runs its last step";
  return OWN_VERBS[type]?.[op] ?? VERBS[op] ?? op;
}
