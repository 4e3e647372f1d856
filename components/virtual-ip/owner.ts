import type { Network } from "./network";

/**
 * A command that tells as JSON which machine has an address that no host of ours has: the link-layer address with which it answers,
 * or nothing. The kernel asks three times in three seconds; what it learnt before is forgotten first.
 */
export const ownerCommand = ({ address }: Network): string => `PATH=$PATH:/usr/sbin:/sbin
ip neighbour flush to ${address} >/dev/null 2>&1
timeout 1 bash -c 'echo >/dev/udp/${address}/9' 2>/dev/null
owner=
for look in $(seq 40); do
  known=$(ip neighbour show to ${address})
  owner=$(printf '%s\\n' "$known" | sed -n 's/.* lladdr \\([^ ]*\\).*/\\1/p' | head -n 1)
  [ -z "$owner" ] || break
  case $known in *FAILED*) break ;; esac
  sleep 0.1
done
printf '{"owner":"%s"}' "$owner"
`;
