import { createHash } from "node:crypto";
import { Unsupported, UserError } from "../errors";
import { isMap, isSecret, makeSecret, rebuild, SECRET_SIGNATURE, SIGNATURE } from "../property";
import type { Properties, Property, Secret } from "../property";
import { BLANK, HOOKS, resourceState, type ResourceState } from "./resource";
import { isProviderType } from "../urn";

/** Turns secrets into ciphertexts and back; see passphrase.ts. */
export interface Crypter {
  readonly salt: string;
  encrypt(plain: string): string;
  decrypt(text: string): string;
}

export type OperationType = "creating" | "updating" | "deleting";

export interface PendingOperation {
  resource: ResourceState;
  type: OperationType;
}

/** A stack's state: Pulumi's deployment, version 3. */
export interface Deployment {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

type ResourceJson = Partial<ResourceState> & Record<string, unknown>;

export interface DeploymentJson {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: ResourceJson[];
  pending_operations?: { resource: ResourceJson; type: OperationType }[];
  metadata?: Record<string, unknown>;
}

/** What a file with a state says of its format: the CLI writes version 4 where a feature needs it. */
export interface Format {
  version: number;
  features?: string[];
}

export function formatOf(json: DeploymentJson | undefined): Format {
  const hooked = (json?.resources ?? []).some(({ resourceHooks }) => resourceHooks !== undefined);
  return hooked ? { version: 4, features: ["hooks"] } : { version: 3 };
}

/** @throws Unsupported when the format is another than those that {@link formatOf} gives. */
export function checkFormat({ version, features = [] }: Partial<Format>): void {
  const unknown = features.filter((feature) => feature !== "hooks");
  if ((version !== 3 && version !== 4) || unknown.length > 0)
    throw new Unsupported(
      `states of version ${[version ?? "none", ...unknown].join(" with ")} (only 3, and 4 with hooks)`,
    );
}

/** URNs of the provider resources of a state, which is readable without its key. */
export function providersIn(json: DeploymentJson | undefined): string[] {
  return (json?.resources ?? []).flatMap(({ type = "", urn }) => (urn && isProviderType(type) ? [urn] : []));
}

const ENGINE_VERSION = "v3.248.0";

/** Fields of features that this engine does not know how to honour: going on would lose what they ask for. */
const UNSUPPORTED_FIELDS: Record<string, string> = {
  external: "resources that are only read (`.get`)",
  taint: "tainted resources",
  viewOf: "resource views",
  extensionRef: "extensions",
  snippetID: "snippets",
  replaceWith: "replaceWith",
  replacementTrigger: "replacementTrigger",
};

/** A secret within a secret is marked, but not encrypted once more. */
const WITHIN_SECRET: Crypter = { salt: "", encrypt: (plain) => plain, decrypt: (text) => text };

/** Ciphertexts of secrets that were read or written before, so that a value that did not change does not change in state. */
const ciphertexts = new WeakMap<Secret, { crypter: Crypter; text: string }>();

function encodeValue(value: Property, crypter: Crypter): Property {
  return rebuild(value, (part) =>
    isSecret(part) ? { [SIGNATURE]: SECRET_SIGNATURE, ciphertext: seal(part, crypter) } : undefined,
  );
}

function seal(secret: Secret, crypter: Crypter): string {
  const known = ciphertexts.get(secret);
  if (known?.crypter === crypter) return known.text;
  const text = crypter.encrypt(JSON.stringify(encodeValue(secret.value, WITHIN_SECRET)));
  ciphertexts.set(secret, { crypter, text });
  return text;
}

function decodeValue(value: Property, crypter: Crypter): Property {
  return rebuild(value, (part) =>
    isMap(part) && part[SIGNATURE] === SECRET_SIGNATURE ? unseal(part, crypter) : undefined,
  );
}

function unseal({ ciphertext }: Properties, crypter: Crypter): Secret {
  if (typeof ciphertext !== "string") throw new UserError("the state holds a secret without a ciphertext");
  const secret = makeSecret(decodeValue(JSON.parse(crypter.decrypt(ciphertext)) as Property, WITHIN_SECRET));
  ciphertexts.set(secret, { crypter, text: ciphertext });
  return secret;
}

/** Leaves out what is empty, as Go's `omitempty` does. */
function compact<T extends object>(object: T): Partial<T> {
  const isEmpty = (value: unknown): boolean => !value || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value))) as Partial<T>;
}

export function encodeResource(state: ResourceState, crypter: Crypter): ResourceJson {
  // where the real CLI keeps notes of its own; this engine has none
  const notes = isProviderType(state.type) && "version" in state.inputs && { __internal: {} };
  const { urn, custom, ...others } = state;
  const full = { ...others, inputs: { ...state.inputs, ...notes }, customTimeouts: compact(state.customTimeouts) };
  return { urn, custom, ...(encodeValue(compact(full), crypter) as Properties) };
}

function decodeResource(json: ResourceJson, crypter: Crypter): ResourceState {
  for (const [field, feature] of Object.entries(UNSUPPORTED_FIELDS)) {
    if (json[field]) throw new Unsupported(`${feature}, which the state of ${json.urn ?? ""} asks for`);
  }
  if (Object.keys(json.resourceHooks ?? {}).some((kind) => !HOOKS.some((known) => known === kind)))
    throw new Unsupported(
      `hooks other than beforeCreate and beforeUpdate, which the state of ${json.urn ?? ""} asks for`,
    );
  const state = resourceState(decodeValue(json as Properties, crypter) as ResourceJson);
  delete state.inputs.__internal;
  state.customTimeouts = { ...BLANK.customTimeouts, ...state.customTimeouts };
  return state;
}

export function encodeDeployment({ resources, pendingOperations }: Deployment, crypter: Crypter): DeploymentJson {
  const encode = (state: ResourceState): ResourceJson => encodeResource(state, crypter);
  return {
    manifest: {
      time: new Date().toISOString(),
      magic: createHash("sha256").update(ENGINE_VERSION).digest("hex"),
      version: ENGINE_VERSION,
    },
    secrets_providers: { type: "passphrase", state: { salt: crypter.salt } },
    ...compact({
      resources: resources.map(encode),
      pending_operations: pendingOperations.map(({ resource, type }) => ({ resource: encode(resource), type })),
    }),
    metadata: {},
  };
}

/** @throws UserError where a secret cannot be read or the state asks for something that this engine cannot do. */
export function decodeDeployment(json: DeploymentJson | undefined, crypter: Crypter): Deployment {
  const { secrets_providers: { type: manager } = {}, resources = [], pending_operations: pending = [] } = json ?? {};
  if (manager && manager !== "passphrase") throw new Unsupported(`the secrets manager "${manager}"`);
  const decode = (resource: ResourceJson): ResourceState => decodeResource(resource, crypter);
  return {
    resources: resources.map(decode),
    pendingOperations: pending.map(({ resource, type }) => ({ resource: decode(resource), type })),
  };
}
