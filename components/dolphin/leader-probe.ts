import type { TcpProbe } from "../../provider/resources";
import { shellWord } from "../shell-word";
import type { PlacedNode } from "./layout";

/** A question that guests may ask, as the JSON interface has it. */
const QUESTION = JSON.stringify({ sessionID: "0", functionName: "getActiveMaster", params: [] });

/**
 * What a controller is asked until it serves: who leads. Once it knows that, it has heard from the leader, and the next one may restart.
 * Under `webLoginRequired` a refusal is all that can be had without a password; under HTTPS, that its port is open.
 */
export const leaderProbe = (
  { host, port, alias }: PlacedNode,
  https: boolean,
): { tcp?: TcpProbe; command?: string; about?: string } => {
  if (https) return { tcp: { address: host, port } };
  const script = `exec 3<>/dev/tcp/${host}/${port} || exit 1
printf 'POST / HTTP/1.1\\r\\nHost: %s\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' ${host} ${QUESTION.length} ${shellWord(QUESTION)} >&3
IFS= read -r -d "" -t 8 answer <&3
leads='"value" *: *"[^"]+"'
body=\${answer##*$'\\n'}
case $body in *'Please login in first'*) echo "$body" && exit 0 ;; esac
[[ $body =~ $leads ]] && echo "$body" && exit 0
# the number of the session is another one each time, and each would be told
said='"msg" *: *"([^"]+)"'
[[ $body =~ $said ]] && body=\${BASH_REMATCH[1]}
echo "it knows no leader: $body"
exit 1
`;
  return { command: `exec bash -c ${shellWord(script)}`, about: `controller ${alias} knows a leader` };
};

/** Where an answer that is healthy has the leader's alias. */
export const leaderAlias = "/object/0/value";
