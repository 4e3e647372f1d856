import { script, sh } from "./script";

/** What nodes run from, as it was put in place last: version and package; and the backups of the host. */
export const readServer = script(
  "read-server",
  ["server", "backups"],
  sh`
say version "$(sed -n 1p "$server/.package" 2>/dev/null || :)"
say package "$(sed -n 2p "$server/.package" 2>/dev/null || :)"
for each in "$backups"/*/sha256; do
  [ -e "$each" ] || continue
  each=\${each%/sha256}
  say backup "\${each##*/}"
done
`,
);

/**
 * Makes the directory that nodes run from. The engine reads its licence beside its program, by the program's own path: a link to it would
 * lead into the package's directory, where nothing of ours may lie. So the program is a second name of the same file, and what else the
 * package has are links; its licence, which is one for tests, and its samples are left out. Which package it is is written in the end.
 */
export const switchServer = script(
  "switch-server",
  ["server", "package", "version"],
  sh`
[ -x "$package/dolphindb" ] || fail "the package has no program dolphindb where it is looked for" "server.stripComponents is the number of directories above it"
cd -- "$server"
for entry in * .[!.]*; do
  if [ -L "$entry" ] && [ ! -e "$package/$entry" ]; then rm -- "$entry"; fi
done
for path in "$package"/* "$package"/.[!.]*; do
  entry=\${path##*/}
  case $entry in dolphindb | dolphindb.lic | clusterDemo | .package) continue ;; esac
  if [ -e "$path" ] && [ "$(readlink -- "$entry")" != "$path" ]; then ln -sfn -- "$path" "$entry"; fi
done
file() { stat -c %d:%i -- "$1" 2>/dev/null || :; }
if [ "$(file dolphindb)" != "$(file "$package/dolphindb")" ]; then
  ln -f -- "$package/dolphindb" .dolphindb.new
  mv -f -- .dolphindb.new dolphindb
fi
printf '%s\n%s\n' "$version" "$package" >.package.new
mv -f -- .package.new .package
say package "$package"
`,
);
