import type { MetaDbConnection } from "./types";

/** MySQL's option file, of which only root sees the copy on the host. The script adds what the server's kind asks for. */
export function clientOptions({ host, port, username, password }: MetaDbConnection): string {
  return [
    "[client]",
    "protocol=tcp",
    `host=${optionValue(host)}`,
    `port=${port}`,
    `user=${optionValue(username)}`,
    `password=${optionValue(password)}`,
    "default-character-set=utf8mb4",
    // MariaDB's clients since 11.4 would insist on TLS, which OceanBase does not speak unless it is told to
    "loose-skip-ssl-verify-server-cert",
    "[mysql]",
    "connect-timeout=10",
    "max-allowed-packet=1G",
    // MariaDB's client would print a statement that fails, with all its rows
    "loose-skip-print-query-on-error",
    // a dump's text is data: no command of the client in it is run, but for DELIMITER
    "loose-binary-mode",
    "[mysqldump]",
    "single-transaction",
    "skip-lock-tables",
    "hex-blob",
    "max-allowed-packet=1G",
    "loose-no-tablespaces",
    "loose-column-statistics=0",
    "loose-set-gtid-purged=OFF",
  ].join("\n");
}

const optionValue = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
