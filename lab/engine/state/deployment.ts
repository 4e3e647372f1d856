import { createHash } from "node:crypto";
import { Unsupported, UserError } from "../errors";
import { isMap, isSecret, makeSecret, SECRET_SIGNATURE, SIGNATURE } from "../property";
import type { Properties, Property, Secret } from "../property";
import type { CustomTimeouts, ResourceState } from "./resource";

/** Turns secrets into ciphertexts and back; see passphrase.ts. */
export interface Crypter {
  readonly salt: string;
  encrypt(plain: string): string;
  decrypt(text: string): string;
}

export type OperationType = "creating" | "updating" | "deleting" | "reading";

export interface PendingOperation {
  resource: ResourceState;
  type: OperationType;
}

/** A stack's state: Pulumi's deployment, version 3. */
export interface Deployment {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

type Json = Record<string, unknown>;

export interface DeploymentJson {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: Json[];
  pending_operations?: { resource: Json; type: string }[];
  metadata?: Json;
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
  resourceHooks: "resource hooks",
};

/** A secret within a secret is marked, but not encrypted once more. */
const WITHIN_SECRET: Crypter = { salt: "", encrypt: (plain) => plain, decrypt: (text) => text };

/** Ciphertexts of secrets that were read or written before, so that a value that did not change does not change in state. */
const ciphertexts = new WeakMap<Secret, { crypter: Crypter; text: string }>();

function seal(secret: Secret, crypter: Crypter): string {
  const known = ciphertexts.get(secret);
  if (known?.crypter === crypter) return known.text;
  const text = crypter.encrypt(JSON.stringify(encodeValue(secret.value, WITHIN_SECRET)));
  ciphertexts.set(secret, { crypter, text });
  return text;
}

function encodeValue(value: Property, crypter: Crypter): unknown {
  if (isSecret(value)) return { [SIGNATURE]: SECRET_SIGNATURE, ciphertext: seal(value, crypter) };
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, crypter));
  return isMap(value) ? encodeProperties(value, crypter) : value;
}

function encodeProperties(properties: Properties, crypter: Crypter): Json {
  const names = Object.keys(properties).sort();
  return Object.fromEntries(names.map((name) => [name, encodeValue(properties[name] ?? null, crypter)]));
}

function decodeValue(value: unknown, crypter: Crypter | undefined): Property {
  if (Array.isArray(value)) return value.map((item) => decodeValue(item, crypter));
  if (typeof value !== "object" || value === null) return value as Property;
  const object = value as Json;
  if (object[SIGNATURE] === SECRET_SIGNATURE) return unseal(object, crypter);
  return decodeProperties(object, crypter);
}

function unseal(object: Json, crypter: Crypter | undefined): Secret {
  if (typeof object.plaintext === "string") return makeSecret(decodeValue(JSON.parse(object.plaintext), WITHIN_SECRET));
  if (typeof object.ciphertext !== "string") throw new UserError("the state holds a secret without a ciphertext");
  if (!crypter) throw new UserError("the state holds secrets, but names no secrets provider");
  let plain: string;
  try {
    plain = crypter.decrypt(object.ciphertext);
  } catch {
    throw new UserError("a secret in the state cannot be decrypted: it was made with another passphrase or is damaged");
  }
  const secret = makeSecret(decodeValue(JSON.parse(plain), WITHIN_SECRET));
  ciphertexts.set(secret, { crypter, text: object.ciphertext });
  return secret;
}

function decodeProperties(object: Json | undefined, crypter: Crypter | undefined): Properties {
  return Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [name, decodeValue(value, crypter)]));
}

/** Leaves out what is empty, as Go's `omitempty` does. */
function compact(object: Json): Json {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === "" ||
    value === false ||
    value === 0 ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)));
}

export function encodeResource(state: ResourceState, crypter: Crypter): Json {
  const { urn, custom, type } = state;
  return {
    urn,
    custom,
    ...compact({ delete: state.delete, id: state.id }),
    type,
    ...compact({
      inputs: encodeProperties(state.inputs, crypter),
      outputs: encodeProperties(state.outputs, crypter),
      parent: state.parent,
      protect: state.protect,
      dependencies: state.dependencies,
      initErrors: state.initErrors,
      provider: state.provider,
      propertyDependencies: state.propertyDependencies,
      pendingReplacement: state.pendingReplacement,
      additionalSecretOutputs: state.additionalSecretOutputs,
      customTimeouts: compact({ ...state.customTimeouts }),
      retainOnDelete: state.retainOnDelete,
      deletedWith: state.deletedWith,
      created: state.created,
      modified: state.modified,
      ignoreChanges: state.ignoreChanges,
      replaceOnChanges: state.replaceOnChanges,
    }),
  };
}

function decodeResource(json: Json, crypter: Crypter | undefined): ResourceState {
  const urn = String(json.urn);
  for (const [field, feature] of Object.entries(UNSUPPORTED_FIELDS)) {
    if (json[field]) throw new Unsupported(`${feature}, which the state of ${urn} asks for`);
  }
  const text = (name: string): string => (json[name] as string | undefined) ?? "";
  const list = (name: string): string[] => (json[name] as string[] | undefined) ?? [];
  const timeouts = json.customTimeouts as Partial<CustomTimeouts> | undefined;
  return {
    urn,
    type: text("type"),
    custom: json.custom === true,
    id: text("id"),
    inputs: decodeProperties(json.inputs as Json | undefined, crypter),
    outputs: decodeProperties(json.outputs as Json | undefined, crypter),
    parent: text("parent"),
    provider: text("provider"),
    dependencies: list("dependencies"),
    propertyDependencies: (json.propertyDependencies as Record<string, string[]> | undefined) ?? {},
    protect: json.protect === true,
    retainOnDelete: json.retainOnDelete === true,
    deletedWith: text("deletedWith"),
    additionalSecretOutputs: list("additionalSecretOutputs"),
    ignoreChanges: list("ignoreChanges"),
    replaceOnChanges: list("replaceOnChanges"),
    customTimeouts: { create: 0, update: 0, delete: 0, ...timeouts },
    initErrors: list("initErrors"),
    delete: json.delete === true,
    pendingReplacement: json.pendingReplacement === true,
    created: text("created"),
    modified: text("modified"),
  };
}

export function encodeDeployment(deployment: Deployment, crypter: Crypter): DeploymentJson {
  return {
    manifest: {
      time: new Date().toISOString(),
      magic: createHash("sha256").update(ENGINE_VERSION).digest("hex"),
      version: ENGINE_VERSION,
    },
    secrets_providers: { type: "passphrase", state: { salt: crypter.salt } },
    ...(deployment.resources.length > 0 && {
      resources: deployment.resources.map((state) => encodeResource(state, crypter)),
    }),
    ...(deployment.pendingOperations.length > 0 && {
      pending_operations: deployment.pendingOperations.map(({ resource, type }) => ({
        resource: encodeResource(resource, crypter),
        type,
      })),
    }),
    metadata: {},
  };
}

/** @throws UserError where a secret cannot be read or the state asks for something that this engine cannot do. */
export function decodeDeployment(json: DeploymentJson | undefined, crypter: Crypter | undefined): Deployment {
  const manager = json?.secrets_providers?.type;
  if (manager !== undefined && manager !== "" && manager !== "passphrase")
    throw new Unsupported(`the secrets manager "${manager}"`);
  return {
    resources: (json?.resources ?? []).map((resource) => decodeResource(resource, crypter)),
    pendingOperations: (json?.pending_operations ?? []).map(({ resource, type }) => ({
      resource: decodeResource(resource, crypter),
      type: type as OperationType,
    })),
  };
}
