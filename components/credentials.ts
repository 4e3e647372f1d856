import * as pulumi from "@pulumi/pulumi";
import { UnusableKey, usableKeyOf } from "../provider/resources/private-key";
import { refusal, sentence } from "./validation";

/** What opens an SSH session to one host; see the configuration of the dbha provider. */
export interface Credentials {
  privateKey?: string;
  privateKeyFile?: string;
  passphrase?: string;
  password?: string;
  agent?: boolean;
}

/**
 * The credentials of one host from the stack's `dbha:*` configuration, where `dbha:credentials` by the first of the names
 * that has some wins over the settings for all hosts. The dbha plugin reads the same settings by itself; this is for the
 * docker and command providers, which know nothing of it.
 * @param names the host's; for a bastion its address, and then that of the host behind it
 */
export function credentialsOf(...names: string[]): Credentials {
  const settings = pulumi.runtime.allConfig();
  const all: Credentials = {
    privateKey: settings["dbha:privateKey"],
    privateKeyFile: settings["dbha:privateKeyFile"],
    passphrase: settings["dbha:passphrase"],
    password: settings["dbha:password"],
    agent: settings["dbha:agent"] === "true",
  };
  const byHost = JSON.parse(settings["dbha:credentials"] ?? "{}") as Record<string, Credentials>;
  return names.map((name) => byHost[name]).find((found) => found !== undefined) ?? all;
}

const refusals = new Map<string, pulumi.ResourceError>();

/**
 * Checks the private key of credentials as far as that needs no host.
 * @throws pulumi.ResourceError, one and the same for all hosts that are logged in to with this key: the SDK tells it once
 */
export function checkKey(credentials: Credentials, resource: pulumi.Resource): void {
  try {
    usableKeyOf(credentials);
  } catch (error) {
    if (!(error instanceof UnusableKey)) throw error;
    throw refusedOnce("the key to log in with was refused", sentence(error.problem, error.fix), resource);
  }
}

/** Where nothing is given to log in with, one error for all hosts that were to use it. */
export function nothingGiven(resource: pulumi.Resource): pulumi.ResourceError {
  const fix =
    "set dbha:privateKeyFile, privateKey, agent or password for all hosts, or dbha:credentials by host name for some";
  return refusedOnce("the hosts cannot be logged in to", sentence("there are no credentials", fix), resource);
}

function refusedOnce(headline: string, problem: string, resource: pulumi.Resource): pulumi.ResourceError {
  const told = refusals.get(problem) ?? refusal(headline, [problem], resource);
  refusals.set(problem, told);
  return told;
}
