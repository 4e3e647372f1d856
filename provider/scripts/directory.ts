import { script, sh } from "./script";

/** Makes the directory with its missing parents and says which ones it made, parents first. */
export const makeDirectory = script(
  "make-directory",
  ["path", "mode", "owner", "group"],
  sh`
make() {
  [ ! -d "$1" ] || return 0
  [ -z "\${1%/*}" ] || make "\${1%/*}"
  if mkdir -m 0755 -- "$1"; then
    say created "$1"
  elif [ ! -d "$1" ]; then
    fail "$1 cannot be made" "remove what is in the way; check the mode of its parent, and whether the host needs sudo: true"
  fi
}
make "$path"
chown -- "$owner:$group" "$path" ||
  fail "the owner cannot be set to $owner:$group" "create user and group first; only root can give directories away, so check sudo: true"
chmod -- "$mode" "$path" || fail "the mode cannot be set" "check who owns the directory"
sync "$path" 2>/dev/null || sync
`,
);

/** Says whether the directory is there, and its mode and owner. */
export const readDirectory = script(
  "read-directory",
  ["path"],
  sh`
if [ ! -e "$path" ]; then
  case $(ls -d -- "$path" 2>&1) in
    *ermission\ denied*) fail "it cannot be looked at: permission denied" "set sudo: true, or log in as root" ;;
  esac
  say kind missing
elif [ ! -d "$path" ]; then
  say kind other
else
  say kind directory
  stat -L -c 'mode=%a
owner=%U
group=%G
uid=%u
gid=%g' -- "$path"
fi
`,
);

/** Removes the listed directories as far as they are empty, and before that the content of `purge`. Says which are left. */
export const removeDirectories = script(
  "remove-directories",
  ["purge"],
  sh`
if [ -n "$purge" ] && [ -d "$purge" ] && [ ! -L "$purge" ]; then
  rm -rf --one-file-system -- "$purge" ||
    fail "it cannot be emptied" "unmount what is mounted below it and stop what writes there"
fi
for dir in "$@"; do
  if [ -d "$dir" ] && [ ! -L "$dir" ]; then
    why=$(rmdir -- "$dir" 2>&1) && continue
    case $why in
      *"not empty"* | *busy*) say left "$dir" ;;
      *) fail "$dir cannot be removed: $why" "check the mode of its parent, and whether the host needs sudo: true" ;;
    esac
  fi
done
`,
  { list: true },
);
