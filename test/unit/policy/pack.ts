import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { toStruct } from "../../../provider/wire";
import type { Registered } from "../components/mocks";
import type { Placed } from "../components/placing";

/** What the pack has against resources. */
export interface Violation {
  policy: string;
  /** What the engine is to do about it. */
  level: string;
  message: string;
}

/** A policy's configuration: how violations are taken, and its settings. */
export type Configuration = Record<string, { level?: keyof typeof LEVELS; [setting: string]: unknown }>;

const LEVELS = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
};

/** The pack as the engine runs it, asked by the engine's own messages. */
export class Pack {
  private constructor(
    private readonly process: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** @param folder with the PulumiPolicy.yaml. */
  static async start(folder = "policy"): Promise<Pack> {
    const run = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const cwd = resolve(folder);
    const child = spawn(process.execPath, [run, "127.0.0.1:1", cwd], { cwd, stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    return new Pack(child, new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()));
  }

  async stop(): Promise<void> {
    this.client.close();
    this.process.kill();
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "exit");
  }

  /** What it says of itself. */
  info(): Promise<proto.AnalyzerInfo.AsObject> {
    return answered<proto.AnalyzerInfo>((back) => this.client.getAnalyzerInfo(new Empty(), back)).then((info) =>
      info.toObject(),
    );
  }

  /** From now on; what is left out has its defaults again. */
  async configure(configuration: Configuration): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [name, { level = "mandatory", ...settings }] of Object.entries(configuration)) {
      const config = new proto.PolicyConfig();
      config.setEnforcementlevel(LEVELS[level]);
      config.setProperties(toStruct(settings));
      request.getPolicyconfigMap().set(name, config);
    }
    await answered<Empty>((back) => this.client.configure(request, back));
  }

  /** What it has against resources as a program registered them, one by one and all together. */
  async judge(resources: Registered[], placed = new Map<string, Placed>()): Promise<Violation[]> {
    const found: Violation[] = [];
    const all = resources.map((resource) => messageOf(resource, resources, placed));
    for (const one of all) {
      const request = new proto.AnalyzeRequest();
      request.setUrn(one.getUrn()).setType(one.getType()).setName(one.getName());
      request.setProperties(one.getProperties()).setProvider(one.getProvider()).setOptions(one.getOptions());
      found.push(...violations(await answered<proto.AnalyzeResponse>((back) => this.client.analyze(request, back))));
    }
    const stack = new proto.AnalyzeStackRequest().setResourcesList(all);
    found.push(...violations(await answered<proto.AnalyzeResponse>((back) => this.client.analyzeStack(stack, back))));
    return found;
  }
}

const violations = (response: proto.AnalyzeResponse): Violation[] =>
  response.getDiagnosticsList().map((one) => ({
    policy: one.getPolicyname(),
    level: Object.entries(LEVELS).find(([, level]) => level === one.getEnforcementlevel())?.[0] ?? "",
    // the library puts the policy's description before it
    message: one.getMessage().slice(one.getMessage().indexOf("\n") + 1),
  }));

function messageOf(resource: Registered, all: Registered[], placed: Map<string, Placed>): proto.AnalyzerResource {
  const { type, name, inputs } = resource;
  const message = new proto.AnalyzerResource();
  const { parent = "", after = [], opts } = placed.get(name) ?? {};
  const find = (wanted: string): Registered | undefined => all.find((one) => one.name === wanted);
  const urnOf = (wanted: string): string => {
    const one = find(wanted);
    return one ? urn(one, all, placed) : "";
  };
  message
    .setUrn(urn(resource, all, placed))
    .setType(type)
    .setName(name);
  message.setProperties(toStruct(inputs));
  message.setOptions(new proto.AnalyzerResourceOptions().setParent(urnOf(parent)));
  message.setParent(urnOf(parent)).setDependenciesList(after.map(urnOf));
  const provider = opts?.provider as { __name: string } | undefined;
  const known = provider && find(provider.__name);
  if (known) {
    const told = new proto.AnalyzerProviderResource().setUrn(urnOf(known.name)).setType(known.type).setName(known.name);
    message.setProvider(told.setProperties(toStruct(known.inputs)));
  }
  return message;
}

function urn({ type, name }: Registered, all: Registered[], placed: Map<string, Placed>): string {
  const types = [type];
  for (let above = placed.get(name)?.parent ?? ""; above !== ""; above = placed.get(above)?.parent ?? "")
    types.unshift(all.find((one) => one.name === above)?.type ?? "");
  return `urn:pulumi:stack::project::${types.join("$")}::${name}`;
}

/** The answer to a question of the engine's. */
const answered = <T>(ask: (back: (error: Error | null, answer: T) => void) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer)));
  });
