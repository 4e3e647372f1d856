import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Values } from "../../../lab/engine/provider";
import { describeCall } from "../../fixtures/golden/providers/docker-call";
import type { Inspections } from "../../fixtures/golden/providers/lab-stage";
import type { Stage } from "../../fixtures/golden/providers/stage";

export interface Received {
  /** Method and path, as in `POST /containers/ID/stop?t=5`. */
  call: string;
  body?: unknown;
}

interface Reply {
  status: number;
  body?: unknown;
}

/** A Docker daemon's API on a unix socket, with at most one container. It answers from what the test puts into it. */
export class FakeDocker {
  readonly received: Received[] = [];
  /** Answers by the beginning of a call, instead of the usual ones. */
  readonly replies = new Map<string, Reply>();
  readonly images = new Set<string>();
  /** What `inspect` says; undefined when there is no container. */
  container: Values | undefined;
  /** The container that the next `create` makes. */
  next: Values = {};
  connections = 0;
  /** How many of the next calls end with their connection instead of an answer. */
  drop = 0;
  /** A call that is never answered. */
  hang: string | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "fake-docker-"));
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on("connection", () => this.connections++);
  }

  get socketPath(): string {
    return join(this.folder, "docker.sock");
  }

  get host(): string {
    return `unix://${this.socketPath}`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.socketPath, resolve));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
  }

  /** Calls that change something, in order. */
  get changes(): string[] {
    return this.received.map(({ call }) => call).filter((call) => !call.startsWith("GET "));
  }

  bodyOf(beginning: string): unknown {
    return this.received.find(({ call }) => call.startsWith(beginning))?.body;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method ?? ""} ${decodeURIComponent(request.url ?? "")}`;
    const sent = await text(request);
    this.received.push(sent === "" ? { call } : { call, body: JSON.parse(sent) as unknown });
    if (call === this.hang) return;
    if (this.drop > 0) {
      this.drop -= 1;
      request.socket.destroy();
      return;
    }
    const { status, body } = this.prepared(call) ?? this.usual(call);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
  }

  private prepared(call: string): Reply | undefined {
    return Array.from(this.replies).find(([beginning]) => call.startsWith(beginning))?.[1];
  }

  private usual(call: string): Reply {
    const missing = { status: 404, body: { message: `No such container` } };
    if (call === "GET /_ping") return { status: 200 };
    if (call.startsWith("GET /images/")) {
      const image = call.slice("GET /images/".length).replace(/\/json$/, "");
      return this.images.has(image) ? { status: 200, body: {} } : { status: 404, body: { message: "No such image" } };
    }
    if (call.startsWith("POST /containers/create")) {
      this.container = this.next;
      return { status: 201, body: { Id: this.next.Id } };
    }
    if (this.container === undefined) return missing;
    if (call.startsWith("GET /containers/")) return { status: 200, body: this.container };
    if (call.startsWith("DELETE /containers/")) this.container = undefined;
    return call.includes("/update") ? { status: 200, body: {} } : { status: 204 };
  }
}

/** Stage of the docker provider: a daemon that says of containers what one of a lab said. */
export async function fakeDockerStage(inspections: Inspections): Promise<Stage> {
  const docker = await new FakeDocker().listen();
  docker.replies.set("POST /containers/create?name=parity-failing", { status: 400, body: { message: "refused" } });
  const fillings: Stage["fillings"] = {};
  return {
    configuration: { host: docker.host },
    fillings,
    hear: () => undefined,
    done: () =>
      docker.received.splice(0).flatMap(({ call, body }) => {
        const [method = "", url = ""] = call.split(" ");
        return describeCall(method, url, JSON.stringify(body ?? {})) ?? [];
      }),
    begin: ({ name }) => {
      docker.next = inspections[name]?.created ?? {};
      fillings.$IMAGE = docker.next.Image ?? `sha256:${"0".repeat(64)}`;
      docker.images.add(fillings.$IMAGE as string);
    },
    updated: (it) => {
      docker.container = inspections[it.name]?.updated;
      return Promise.resolve();
    },
    asked: ({ name, args }) => {
      const network = inspections[name]?.asked;
      const missing = { status: 404, body: { message: `network ${args.name as string} not found` } };
      docker.replies.set(`GET /networks/${args.name as string}`, network ? { status: 200, body: network } : missing);
      return Promise.resolve();
    },
    drift: (it, name) => {
      docker.container = inspections[it.name]?.[name];
      return Promise.resolve();
    },
    close: () => docker.close(),
  };
}
