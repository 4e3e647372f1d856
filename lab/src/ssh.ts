import { Client } from "ssh2";

export interface SshTarget {
  address: string;
  user: string;
  privateKey: string;
  /** The pinned keys, "ssh-ed25519 AAAA…"; the server shows one of them. */
  hostKeys: string[];
}

/** Runs one command over SSH and returns its standard output; throws when it fails or takes longer than `limitSeconds`. */
export function sshRun(target: SshTarget, command: string, limitSeconds = 10): Promise<string> {
  const client = new Client();
  const pinned = target.hostKeys.map((key) => key.split(" ")[1]);
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`ssh ${target.address}: no answer within ${limitSeconds} s`)),
      limitSeconds * 1000,
    );
    client.on("error", (error) => reject(new Error(`ssh ${target.address}: ${error.message}`)));
    client.on("close", () => clearTimeout(timer));
    client.on("ready", () => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        let output = "";
        let errors = "";
        channel.on("data", (data: Buffer) => (output += data.toString()));
        channel.stderr.on("data", (data: Buffer) => (errors += data.toString()));
        channel.on("close", (code: number | null) => {
          if (code === 0) resolve(output.trim());
          else
            reject(new Error(`\`${command}\` ended with ${code ?? "a signal"}: ${errors.trim().split("\n")[0] ?? ""}`));
        });
      });
    });
    client.connect({
      host: target.address,
      username: target.user,
      privateKey: target.privateKey,
      readyTimeout: limitSeconds * 1000,
      hostVerifier: (key: Buffer) => pinned.includes(key.toString("base64")),
    });
  }).finally(() => client.end());
}
