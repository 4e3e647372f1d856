import { flag, integer, output, text, textMap, type Property, type Schema } from "../bridge/schema";

const endpoint: Schema = {
  agentSocketPath: text,
  dialErrorLimit: { ...integer, default: 10 },
  host: { ...text, required: true },
  hostKey: text,
  password: text,
  perDialTimeout: { ...integer, default: 15 },
  port: { ...integer, default: 22 },
  privateKey: text,
  privateKeyPassword: text,
  user: { ...text, default: "root" },
};

const connection: Property = {
  type: "object",
  required: true,
  fields: { ...endpoint, proxy: { type: "object", fields: endpoint } },
};

/** Inputs and outputs of `command:remote:Command`. */
export const remoteCommandSchema: Schema = {
  addPreviousOutputInEnv: flag,
  connection,
  ...{ create: text, delete: text, update: text },
  environment: textMap,
  logging: text,
  stdin: text,
  triggers: { type: "list" },
  ...{ stderr: output, stdout: output },
};
