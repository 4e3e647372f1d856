import type { Login } from "./credentials";
import { HostError, LoginRefused } from "./host-error";
import { Target } from "./target";

interface SshFault {
  message: string;
  level: string;
  code: string;
}

function faultOf(error: unknown): SshFault {
  const text = (key: string) =>
    error instanceof Error && key in error ? String((error as unknown as Record<string, unknown>)[key]) : "";
  return { message: error instanceof Error ? error.message : String(error), level: text("level"), code: text("code") };
}

/** Why the SSH server ended the connection, in its own words on one line; undefined when an error is something else. */
export function partingWords(error: unknown): string | undefined {
  const isDisconnect = error instanceof Error && "code" in error && typeof error.code === "number";
  return isDisconnect
    ? error.message
        .replaceAll(/\p{Cc}+/gu, " ")
        .trim()
        .slice(0, 200)
    : undefined;
}

/** Why a server with nothing against this machine but its past closes a connection before a word was said. */
const turnedAway =
  "its MaxStartups, and its PerSourcePenalties, by which OpenSSH 9.8 and later turns a machine away for a while after failed log-ins";

const socketProblems: Record<string, [problem: string, fix: string]> = {
  ECONNREFUSED: ["connection refused", "check the port and that sshd runs"],
  ECONNRESET: ["the connection was reset", `check firewalls, and sshd's log for ${turnedAway}`],
  EPIPE: ["the connection was closed", "check sshd's log"],
  ETIMEDOUT: ["no answer", "check the address, that the host is up, and firewalls"],
  EHOSTUNREACH: ["no route to the host", "check the address, that the host is up, and the route to it"],
  ENETUNREACH: ["no route to its network", "check the address and this machine's network"],
  EAI_AGAIN: ["its name cannot be resolved right now", "check this machine's DNS"],
};

/** Says what a failed attempt to connect means and what to check. The login names its attempts, without secrets. */
export function explainRefusal(target: Target, error: unknown, login: Pick<Login, "tried" | "hint">): HostError {
  if (error instanceof HostError) {
    return error;
  }
  const { message, level, code } = faultOf(error);
  const unreachable = (problem: string, fix: string) => new HostError(target, "unreachable", problem, fix);
  const refused = (problem: string, fix: string) => new HostError(target, "refused", problem, fix);

  if (code === "ENOTFOUND") {
    return refused(`the name ${target.address} is not known`, "correct the host's address or this machine's DNS");
  }
  const socketProblem = socketProblems[code];
  if (socketProblem !== undefined) {
    return unreachable(socketProblem[0], socketProblem[1]);
  }
  if (level === "client-authentication" || /too many authentication failures/i.test(message)) {
    const hint = login.hint === undefined ? "" : `; ${login.hint}`;
    return new LoginRefused(
      target,
      `the login as ${target.user} was refused (tried ${login.tried.join(", ")})${hint}`,
      "check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host",
    );
  }
  if (level === "agent") {
    return refused(`the SSH agent does not help: ${message}`, "check SSH_AUTH_SOCK and ssh-add -l");
  }
  if (level === "client-timeout") {
    return unreachable(
      "the SSH server did not finish its greeting in time",
      "check the address and port, that the host is up and not overloaded, and firewalls",
    );
  }
  const words = partingWords(error);
  if (words !== undefined) {
    return unreachable(`the SSH server ended the connection: "${words}"`, "do what it says, and see sshd's log");
  }
  if (/no matching/i.test(message)) {
    return refused(
      `no common algorithms with the SSH server (${message})`,
      "update the SSH server; ed25519, ECDSA or RSA host keys and current ciphers are needed",
    );
  }
  if (/identification string|header|greeting/i.test(message)) {
    return refused(`what answers does not speak SSH (${message})`, "correct the host's address and port");
  }
  return unreachable(
    `the connection ended before the login (${message})`,
    `check that nothing between cuts connections, and sshd's log for ${turnedAway}`,
  );
}
