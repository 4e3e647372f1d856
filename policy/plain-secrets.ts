import type { FilesArgs } from "../provider/resources";
import { resourcePolicy, type Finding } from "./policy";
import { CONTAINER, isSecret, type Loose } from "./resource";

/** Names of what is secret, at the end of a variable's or key's name. */
const NAME = String.raw`[\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:private|access|api|secret)[_-]?key)`;
const VARIABLE = new RegExp(`^(${NAME})=(.+)$`, "is");
const LINE = new RegExp(String.raw`^\s*["']?(${NAME})["']?\s*[=:]\s*["']?([^\s"'#;$<{(][^\s"']*)`, "gim");
const KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;

/** Values that are none: switches and places. */
const HARMLESS = /^(?:true|false|yes|no|on|off|none|null|\d{1,3}|\/.*)$/i;

interface Container {
  envs?: (string | null)[];
  uploads?: (Loose<{ file: string; content: string }> | null)[];
}

const RULE = "it would stand in the state for everybody who reads that";

/** What the state keeps in plain text is read by all who preview. */
export const plainSecrets = resourcePolicy(
  {
    name: "plain-secrets",
    description:
      "No password or key stands in a container's environment, or in a file of a host, unless Pulumi keeps it encrypted.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Take the value from config.requireSecret, or wrap it in pulumi.secret.",
  },
  {},
  ({ type, props }) => {
    if (type === CONTAINER) return ofContainer(props);
    if (type === "dbha:index:File")
      return ofText(props, ["content"], "content", (props as { content?: unknown }).content);
    if (type !== "dbha:index:Files") return [];
    return Object.entries((props as Loose<FilesArgs>).files ?? {}).flatMap(([path, file]) =>
      ofText(props, ["files", path, "content"], path, file?.content),
    );
  },
);

function ofContainer(props: Container & Record<string, unknown>): Finding[] {
  const { envs, uploads } = props;
  const variables = (envs ?? []).flatMap((env, i) => {
    const [, name, value = ""] = VARIABLE.exec(env ?? "") ?? [];
    if (name === undefined || HARMLESS.test(value) || isSecret(props, "envs", i)) return [];
    return [plain(`envs: ${name}`)];
  });
  const files = (uploads ?? []).flatMap((one, i) =>
    ofText(props, ["uploads", i, "content"], one?.file ?? "", one?.content),
  );
  return [...variables, ...files];
}

function ofText(props: Record<string, unknown>, path: (string | number)[], file: string, text: unknown): Finding[] {
  if (typeof text !== "string" || isSecret(props, ...path)) return [];
  const names = [...text.matchAll(LINE)]
    .filter(([, , value = ""]) => !HARMLESS.test(value))
    .map(([, name = ""]) => name);
  return [...new Set([...names, ...(KEY.test(text) ? ["a private key"] : [])])].map((name) =>
    plain(`${file}: ${name}`),
  );
}

const plain = (where: string): Finding => ({
  found: `${where} is plain text`,
  rule: RULE,
  fix: "take it from config.requireSecret, or wrap it in pulumi.secret",
});
