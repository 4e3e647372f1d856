import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { readLab } from "../../lab/src/lab";
import { labName } from "../test-lab";
import { LabBench } from "./lab-host";

interface Image {
  id: string;
  config: string;
  layer: Buffer;
}

function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** An image with one file in it. */
async function makeImage(content: string, architecture: string): Promise<Image> {
  const tar = pack();
  tar.entry({ name: "content" }, content);
  tar.finalize();
  const layer = await buffer(tar);
  const config = JSON.stringify({
    architecture,
    os: "linux",
    config: { Cmd: ["/content"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  });
  return { id: `sha256:${sha256(config)}`, config, layer };
}

/** Writes an image with one file into a compressed archive, as docker save does, and returns its ID. */
export async function writeImage(path: string, content: string, architecture: string, tag: string): Promise<string> {
  const { id, config, layer } = await makeImage(content, architecture);
  const archive = pack();
  archive.entry({ name: `${sha256(config)}.json` }, config);
  archive.entry({ name: "layer.tar" }, layer);
  const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: [tag], Layers: ["layer.tar"] }];
  archive.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  archive.finalize();
  await pipeline(archive as unknown as Readable, createGzip(), createWriteStream(path));
  return id;
}

export interface Registry {
  /** Port on the host's loopback, where Docker wants no TLS. */
  port: number;
  /** Image IDs by tag. */
  ids: Record<string, string>;
  stop(): Promise<void>;
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

/** As much of a registry as docker pull asks for, in the test, with a way to it from the host. */
export async function startRegistry(bench: Pick<LabBench, "on">, contents: Record<string, string>): Promise<Registry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, string>();
  const ids: Record<string, string> = {};
  const keep = (bytes: Buffer) => {
    const digest = `sha256:${sha256(bytes)}`;
    blobs.set(digest, bytes);
    return { size: bytes.length, digest };
  };
  for (const [tag, content] of Object.entries(contents)) {
    const { id, config, layer } = await makeImage(content, "amd64");
    ids[tag] = id;
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: "application/vnd.docker.container.image.v1+json", ...keep(Buffer.from(config)) },
      layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar", ...keep(layer) }],
    });
    manifests.set(tag, manifest).set(`sha256:${sha256(manifest)}`, manifest);
  }

  const server = createServer((request, response) => {
    const [, kind, name = ""] = /^\/v2\/dbha-test\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
    const manifest = kind === "manifests" ? manifests.get(name) : undefined;
    const bytes = manifest === undefined ? blobs.get(name) : Buffer.from(manifest);
    if (request.url === "/v2/") {
      response.end("{}");
    } else if (bytes === undefined) {
      response.writeHead(404).end();
    } else {
      const type = manifest === undefined ? "application/octet-stream" : manifestType;
      const digest = `sha256:${sha256(bytes)}`;
      response.writeHead(200, {
        "Content-Type": type,
        "Content-Length": bytes.length,
        "Docker-Content-Digest": digest,
      });
      response.end(request.method === "HEAD" ? undefined : bytes);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const lab = readLab(labName);
  const known = ["-o", `UserKnownHostsFile=${lab.knownHostsFile}`, "-o", "ExitOnForwardFailure=yes"];
  const way = ["-N", "-R", `127.0.0.1:${port}:127.0.0.1:${port}`, `${lab.hosts.p3.user}@${lab.hosts.p3.address}`];
  const tunnel = spawn("ssh", ["-i", lab.privateKeyFile, ...known, ...way], { stdio: "ignore" });
  await bench.on(
    `for i in $(seq 100); do curl -sf http://127.0.0.1:${port}/v2/ >/dev/null && exit 0; sleep 0.1; done; exit 1`,
  );
  return {
    port,
    ids,
    stop: () => {
      tunnel.kill();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
