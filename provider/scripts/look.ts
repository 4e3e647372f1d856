import { docker } from "./docker";
import { script, sh } from "./script";

/** Says of each container of the list: name, ID, image and state as JSON; of one that is gone the name. */
export const lookAtContainers = script(
  "look-at-containers",
  [],
  docker +
    sh`
for name in "$@"; do
  found=$(look_at container "$name" '{{.Id}} {{.Image}} {{json .State}}') || engine_silent
  say container "$name $found"
done
`,
  { list: true },
);

/** Says the addresses of a host's interfaces, and of each file of the list its size, or none, and its path. */
export const lookAtHost = script(
  "look-at-host",
  [],
  sh`
PATH=$PATH:/usr/sbin:/sbin
ip -o address show 2>/dev/null | sed 's/^/address=/' || true
for path in "$@"; do
  size=$(stat -c %s -- "$path" 2>/dev/null) || size=none
  say file "$size $path"
done
`,
  { list: true },
);
