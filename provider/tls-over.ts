import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";

/** TLS over a connection that is there; certificates are not checked, since the connection is within SSH up to the host itself. */
export const tlsOver = (stream: Duplex, address: string): TLSSocket =>
  connect({ socket: stream, rejectUnauthorized: false, servername: isIP(address) === 0 ? address : undefined });
