import { request } from "node:http";
import type { Duplex } from "node:stream";
import { tlsOver } from "./tls-over";

/** One request over a connection that is there. */
export interface HttpRequest {
  scheme: "http" | "https";
  address: string;
  port: number;
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** How much of the answer is kept, in bytes. */
  limit: number;
}

/** Makes the request and reads the answer; certificates are not checked. */
export function requestOver(
  stream: Duplex,
  { scheme, address, port, method, path, headers, body = "", limit }: HttpRequest,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const connection = scheme === "https" ? tlsOver(stream, address) : stream;
    connection.on("error", reject);
    const asked = request(
      {
        ...{ createConnection: () => connection, host: address, port, method, path },
        headers: { Connection: "close", ...(body !== "" && { "Content-Length": Buffer.byteLength(body) }), ...headers },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let length = 0;
        answer.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length <= limit) {
            chunks.push(chunk);
          }
        });
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}
