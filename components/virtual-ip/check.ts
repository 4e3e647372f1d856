import { isIPv6 } from "node:net";

/** One condition, with defaults filled in; exactly one of both. */
export interface Check {
  tcp?: { port: number };
  http?: { port: number; path: string; status: number };
}

/**
 * The script that tells by its exit code whether all checks hold at the host's loopback address, or at the one it is given; it
 * prints what does not. It asks a second time before it fails. bash alone is needed, as HTTP clients may be missing.
 */
export function renderCheck(virtualAddress: string, checks: Check[]): string {
  return `#!/bin/bash
# What must hold on a host for it to carry ${virtualAddress}.
address=\${1:-${isIPv6(virtualAddress) ? "::1" : "127.0.0.1"}}

tcp() {
  timeout 0.5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$1" 2>/dev/null && return
  echo "$address port $1 accepts no connection"
  return 1
}

http() {
  local status
  status=$(timeout 0.5 bash -c 'exec 3<>"/dev/tcp/$0/$1" &&
    printf "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" "$2" >&3 &&
    read -r _ status _ <&3 && echo "$status"' "$address" "$1" "$2" 2>/dev/null)
  [ "$status" = "$3" ] && return
  echo "$address port $1 answers GET $2 with \${status:-nothing}, not $3"
  return 1
}

all() {
  ${checks.map(call).join(" &&\n    ")}
}

all >/dev/null || { sleep 0.2; all; }
`;
}

const call = ({ tcp, http }: Check): string =>
  http ? `http ${http.port} '${http.path}' ${http.status}` : `tcp ${tcp?.port}`;
