import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";
import type { Instance } from "./instance";

/**
 * The script that makes the directory which nodes run from. The engine reads its licence beside its program, by the program's own path:
 * a link to it would lead into the package's directory, where nothing of ours may lie. So the program is a second name of the same file,
 * and what else the package has are links; its licence, which is one for tests, and its samples are left out.
 * @param version the directory of the package in use.
 */
export const renderServerDirectory = ({ server }: Instance, version: string): string =>
  renderProcedures(
    { server, version },
    `${prologue}assemble() {
  [ -x "$version/dolphindb" ] || fail "the package has no program dolphindb where it is looked for; fix: server.stripComponents is the number of directories above it"
  cd "$server" || exit 1
  for entry in * .[!.]*; do
    if [ -L "$entry" ] && [ ! -e "$version/$entry" ]; then rm "$entry" || exit 1; fi
  done
  for path in "$version"/* "$version"/.[!.]*; do
    entry=\${path##*/}
    case $entry in dolphindb | dolphindb.lic | clusterDemo) continue ;; esac
    if [ -e "$path" ] && [ "$(readlink "$entry")" != "$path" ]; then ln -sfn "$path" "$entry" || exit 1; fi
  done
  if [ ! dolphindb -ef "$version/dolphindb" ]; then
    ln -f "$version/dolphindb" .dolphindb.new && mv -f .dolphindb.new dolphindb || exit 1
  fi
}

fail() {
  echo "$1" >&2
  exit 1
}
`,
  );
