import { records } from "./records";
import { script, sh } from "./script";

/**
 * Makes a directory with its missing parents and says which ones this resource made, now or in a run that was killed, parents
 * first. Without a mode, one that is there stays as it is.
 */
export const putDirectory =
  records +
  sh`
make() {
  if [ -d "$1" ]; then
    [ -d "$records" ] || return 0
    [ -z "\${1%/*}" ] || make "\${1%/*}"
    case $(noted "$1" 2) in
      "$maker") say created "$1" ;;
      -)
        must_note "$1" "$1" "$maker"
        say created "$1"
        ;;
    esac
    return 0
  fi
  [ -z "\${1%/*}" ] || make "\${1%/*}"
  must_note "$1" "$1" "$maker"
  if mkdir -m 0755 -- "$1"; then
    say created "$1"
  elif [ ! -d "$1" ]; then
    forget "$1"
    fail "$1 cannot be made" "remove what is in the way; check the mode of its parent, and whether the host needs sudo: true"
  fi
}
put_directory() {
  make "$path"
  [ -n "$mode" ] || return 0
  chown -- "$owner:$group" "$path" ||
    fail "the owner cannot be set to $owner:$group" "create user and group first; only root can give directories away, so check sudo: true"
  chmod -- "$mode" "$path" || fail "the mode cannot be set" "check who owns the directory"
  sync "$path" 2>/dev/null || sync
}
`;

/** Makes one directory. */
export const makeDirectory = script(
  "make-directory",
  ["path", "mode", "owner", "group", "maker"],
  putDirectory +
    sh`
put_directory
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

/**
 * Removes directories as far as they are empty. One that is left because of another resource's directory below it is noted as
 * nobody's, and goes with the last of those.
 */
export const dropDirectory =
  records +
  sh`
anything_below() {
  for record in "$records"/*; do
    if [ -f "$record" ] && IFS= read -r name <"$record"; then
      case $name in "$1"/*) return 0 ;; esac
    fi
  done
  return 1
}
remove() {
  if [ -d "$1" ] && [ ! -L "$1" ] && ! why=$(rmdir -- "$1" 2>&1); then
    case $why in
      *"not empty"* | *busy*) ;;
      # whoever removed another one in it was first
      *"No such file"*)
        forget "$1"
        return
        ;;
      *) fail "$1 cannot be removed: $why" "check the mode of its parent, and whether the host needs sudo: true" ;;
    esac
    # First the note and then the look, so that whoever removes the last one below sees either.
    note "$1" "$1" - || :
    ! anything_below "$1" || return 1
    forget "$1"
    rmdir -- "$1" 2>/dev/null
    return
  fi
  forget "$1"
}
# purge PATH: with all it holds
purge() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  rm -rf --one-file-system -- "$1" ||
    fail "$1 cannot be emptied" "unmount what is mounted below it and stop what writes there"
}
# those above PATH that were left as nobody's
remove_above() {
  parent=\${1%/*}
  while [ -n "$parent" ]; do
    [ "$(noted "$parent" 2)" != - ] || remove "$parent" || :
    parent=\${parent%/*}
  done
}
`;

/**
 * Removes the listed directories, deepest first, as far as they are empty, and before that the content of `purge`; with
 * `keep` they only stop being dbha's. Says which are left.
 */
export const removeDirectories = script(
  "remove-directories",
  ["path", "purge", "keep"],
  dropDirectory +
    sh`
[ -z "$purge" ] || purge "$purge"
for dir in "$@"; do
  if [ -n "$keep" ]; then
    forget "$dir"
  else
    remove "$dir" || say left "$dir"
  fi
done
remove_above "$path"
`,
  { list: true },
);
