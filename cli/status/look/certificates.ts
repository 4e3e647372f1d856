import type { Duplex } from "node:stream";
import type { Context } from "../../../provider/kinds/kind";
import { bracketed } from "../../../provider/resources/host-rules";
import { HostError } from "../../../provider/ssh/host-error";
import type { Target } from "../../../provider/ssh/target";
import { tlsOver } from "../../../provider/tls-over";
import type { Server, Shown } from "../model/servers";
import { unseen } from "./resources";
import type { SeenCertificate } from "./seen";

/** Limit for a handshake, in milliseconds. */
const limit = 10_000;

/** Looks at the certificate that a server shows to who connects to it from its host. */
export async function seeCertificate(
  host: Target,
  { address, port }: Pick<Server, "address" | "port">,
  context: Context,
): Promise<SeenCertificate> {
  const step = `look at the certificate of ${bracketed(address)}:${port}`;
  try {
    const shown = await context
      .remote(host)
      .forward(step, limit, address, port, (stream) => handshake(stream, address));
    return { state: "shown", ...shown };
  } catch (error) {
    // what ends a handshake is an answer of the server's
    if (error instanceof HostError) return unseen(error);
    return { state: "unknown", problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Begins TLS, and ends the connection when it has the certificate. */
function handshake(stream: Duplex, address: string): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const connection = tlsOver(stream, address);
    // OpenSSL's messages name lines of its sources
    connection.once("error", ({ message, reason = message }: Error & { reason?: string }) => {
      reject(new Error(`no TLS: ${reason}`));
    });
    connection.once("secureConnect", () => {
      const shown = connection.getPeerX509Certificate();
      if (shown === undefined) reject(new Error("it has none"));
      else resolve({ fingerprint: shown.fingerprint256, end: new Date(shown.validTo).toISOString() });
      connection.destroy();
    });
  });
}
