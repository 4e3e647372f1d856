import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import { Login } from "./credentials";
import { HostError } from "./host-error";
import { fingerprint, hostKeyAlgorithms, kindOf, parseHostKey } from "./host-key";
import { explainRefusal } from "./refusal";
import { Target } from "./target";

export interface DialOptions {
  login: Login;
  /** Limit for TCP and SSH handshake with login, in milliseconds. */
  limit: number;
  /** How often a silent connection is asked for a sign of life, in milliseconds; three unanswered questions end it. */
  keepAlive: number;
  /** Stream to the server through a bastion; without it the address is dialled. */
  through?: Duplex;
  /** Called with a warning where an unverified key is accepted. */
  warn: (message: string) => void;
}

/**
 * Opens one SSH connection, verifies the server's key and logs in.
 * @throws HostError: unreachable when another attempt may help, refused when not
 */
export function dial(target: Target, { login, limit, keepAlive, through, warn }: DialOptions): Promise<Client> {
  const pinned = target.hostKeys.map(parseHostKey).filter((key) => key !== undefined);
  let keyRefusal: HostError | undefined;

  const verify = (blob: Buffer): boolean => {
    if (pinned.some((key) => key.blob.equals(blob))) {
      return true;
    }
    const shown = `${kindOf(blob)} ${fingerprint(blob)}`;
    if (pinned.length === 0 && target.acceptUnknownHostKey) {
      warn(
        `host ${target.name}: accepted the unverified host key ${shown} of ${target.address}:${target.port} because ` +
          "acceptUnknownHostKey is true: whoever stands between can read and change everything. " +
          `Compare it on the host and pin it: hostKeys: ["${kindOf(blob)} ${blob.toString("base64")}"]`,
      );
      return true;
    }
    keyRefusal = refuseKey(
      target,
      shown,
      pinned.map((key) => `${key.kind} ${fingerprint(key.blob)}`),
    );
    return false;
  };

  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (error: unknown) => {
      client.destroy();
      reject(keyRefusal ?? explainRefusal(target, error, login));
    };
    client
      .on("connect", () => client.setNoDelay(true))
      .once("ready", () => {
        client.removeAllListeners("close");
        resolve(client);
      })
      .on("error", fail)
      .on("close", () => fail(new Error("closed by the server")));
    client.connect({
      ...(through === undefined ? { host: target.address, port: target.port } : { sock: through }),
      username: target.user,
      authHandler: login.methods,
      readyTimeout: limit,
      keepaliveInterval: keepAlive,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: hostKeyAlgorithms(pinned) },
      hostVerifier: verify,
    });
  });
}

function refuseKey(target: Target, shown: string, pinned: string[]): HostError {
  if (pinned.length === 0) {
    return new HostError(
      target,
      "refused",
      `its host key ${shown} is not pinned`,
      "compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and put the key into hostKeys, " +
        "or set acceptUnknownHostKey to trust whoever answers",
    );
  }
  return new HostError(
    target,
    "refused",
    `it showed the host key ${shown}, pinned is ${pinned.join(" or ")}`,
    "if the host was reinstalled, compare the key on its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) " +
      "and correct hostKeys; if not, another machine answers at this address: find out which before going on",
  );
}
