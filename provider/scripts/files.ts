import { dropDirectory, putDirectory } from "./directory";
import { dropFile, fileWriting, putFile } from "./file";
import { script, sh } from "./script";

/** Whether the system user is there, and was made by dbha: the comment in /etc/passwd tells. */
const users = sh`
user_is_ours() { getent passwd "$user" | cut -d: -f5 | grep -qxF -- "$comment"; }
`;

/** Makes the names of files last, with one program for all of them. */
const syncParents = sh`
sync_parents() {
  count=$#
  last=
  while [ "$count" -gt 0 ]; do
    dir=\${1%/*}/
    if [ "$dir" != "$last" ] && [ -d "$dir" ]; then set -- "$@" "$dir"; fi
    last=$dir
    shift
    count=$((count - 1))
  done
  [ $# -eq 0 ] || sync "$@" 2>/dev/null || sync
}
`;

/**
 * Writes the first `plain` files of a list, which have no check and no action: the texts of all are beside their paths before the first is
 * swapped in, hashed by one program and synced by one.
 */
const putPlain = sh`
# shellcheck disable=SC2086,SC2317 # called by a trap; a name a line
sweep() (
  set -f
  IFS='
'
  [ -z "$temps" ] || rm -f -- $temps
)
put_plain() {
  temps=
  sums=
  made_text() {
    temps="$temps$tmp
"
  }
  trap sweep EXIT
  trap 'exit 1' HUP INT TERM
  behind=$(($# - plain * 11))
  count=$plain
  while [ "$count" -gt 0 ]; do
    path=$2 mode=$3 owner=$4 group=$5 sha256=$6 length=$7
    shift 11
    count=$((count - 1))
    subject="$path: "
    look
    tmp=$path
    if [ "$sum" = "$sha256" ]; then
      pass_over
    else
      write_text
      sums="$sums$sha256
"
    fi
    give "$tmp"
    set -- "$@" "$path"
  done
  shift "$behind"
  prove "$@"
  for path in "$@"; do
    subject="$path: "
    swapped=
    names
    if [ -e "$new" ]; then
      tmp=$new
      swap_in
      swapped=1
    fi
    [ ! -e "$mark" ] || rm -f "$mark"
    say swapped "$swapped"
    say "done" "$path"
  done
  temps=
}
# that the new texts of the paths are what was sent, and last
prove() {
  count=$#
  for path in "$@"; do
    names
    if [ -e "$new" ]; then set -- "$@" "$new"; fi
  done
  shift "$count"
  [ $# -gt 0 ] || return 0
  subject=
  found=$(sha256sum -- "$@" | sed 's/^[\\]*\([0-9a-f]*\).*/\1/')
  [ "$found
" = "$sums" ] || fail "a text did not arrive whole or changed on its way; the old files stay" "run it again"
  sync "$@" 2>/dev/null || sync
}
`;

/**
 * Makes what a program has on a host, all in one step: its system user, its directories in the order given, its files, `plain` ones first. Each
 * thing is a group of words: `directory PATH MODE OWNER GROUP` or `file PATH MODE OWNER GROUP SHA256 LENGTH VALIDATE ON_CHANGE IN_PLACE BEGUN`,
 * which is written until something is at the path BEGUN where there is one. The texts are its input, one after the other. Says whether it made
 * the user, which directories it made, of each file that its text is there or that it is kept as it is, and each thing that is as it should
 * be; in the end the modes of the files that are not kept.
 */
export const makeFiles = script(
  "make-files",
  ["user", "home", "comment", "urn", "suffix", "plain", "create"],
  putDirectory +
    fileWriting +
    putFile +
    putPlain +
    syncParents +
    sh`
salt=
self=$(id -un):$(id -gn)
receive() { [ "$length" = 0 ] || dd bs="$length" count=1 iflag=fullblock 2>/dev/null; }
pass_over() { receive >/dev/null; }
settle() { [ -z "$on_change" ] || sync "$1" 2>/dev/null || sync; }
if [ -n "$user" ] && ! id "$user" >/dev/null 2>&1; then
  why=$(useradd --system --user-group --no-create-home --home-dir "$home" --shell /usr/sbin/nologin --comment "$comment" -- "$user" 2>&1) ||
    fail "the system user $user cannot be made: $why" "check /etc/passwd and /etc/group, and whether the host needs sudo: true"
  say made "$user"
fi
while [ $# -gt 0 ] && [ "$1" = directory ]; do
  path=$2 mode=$3 owner=$4 group=$5
  subject="$path: "
  maker="$urn $path"
  put_directory
  say "done" "$path"
  shift 5
done
[ "$plain" = 0 ] || put_plain "$@"
count=$#
while [ "$count" -gt 0 ]; do
  path=$2 mode=$3 owner=$4 group=$5
  sha256=$6 length=$7 validate=$8 on_change=$9
  shift 9
  in_place=$1 begun=$2
  shift 2
  count=$((count - 11))
  if [ "$plain" -gt 0 ]; then
    plain=$((plain - 1))
    set -- "$@" "$path"
    continue
  fi
  subject="$path: "
  if [ -z "$begun" ] || [ ! -e "$begun" ]; then
    put_file
    set -- "$@" "$path"
  else
    pass_over
    say kept "$path"
  fi
  say "done" "$path"
done
[ $# -gt 0 ] || exit 0
stat -c 'mode=%a' -- "$@"
sync_parents "$@"
`,
  { list: true },
);

/**
 * Says of every listed thing what is there, `d` before the path of a directory and `f` before that of a file; then mode, size and owners
 * of those that are what they should be, in the same order, then the hashes of the files: three programs, however many things.
 */
export const readFiles = script(
  "read-files",
  ["user"],
  sh`
[ -z "$user" ] || ! id "$user" >/dev/null 2>&1 || say user there
count=$#
while [ "$count" -gt 0 ]; do
  thing=$1
  path=\${1#?}
  subject="$path: "
  kind=other
  shift
  count=$((count - 1))
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    kind=missing
    case $(ls -d -- "$path" 2>&1) in
      *ermission\ denied*) fail "it cannot be looked at: permission denied" "set sudo: true, or log in as root" ;;
    esac
  elif [ "$thing" = "d$path" ]; then
    [ ! -d "$path" ] || kind=directory
  elif [ -L "$path" ]; then
    kind="link"
  elif [ -f "$path" ]; then
    [ -r "$path" ] || fail "it cannot be read" "set sudo: true, or log in as root"
    [ ! -e "\${path%/*}/.\${path##*/}.dbha-changed" ] || say pending "$path"
    kind="file"
  fi
  say kind "$kind"
  case $kind in directory | file) set -- "$@" "$thing" ;; esac
done
count=$#
[ "$count" -gt 0 ] || exit 0
files=0
while [ "$count" -gt 0 ]; do
  path=\${1#?}
  case $1 in f*) files=$((files + 1)) ;; esac
  shift
  set -- "$@" "$path"
  count=$((count - 1))
done
stat -L -c 'stat=%a %s %u %g %U %G' -- "$@"
[ "$files" -gt 0 ] || exit 0
shift $(($# - files))
sha256sum -- "$@" | sed 's/^[\\]*\([0-9a-f]*\).*/sum=\1/'
`,
  { list: true },
);

/**
 * Removes the listed things: `file PATH`, `purge DIRECTORY` with all it holds, `remove DIRECTORY` as far as it is empty, `keep DIRECTORY`,
 * which only stops being dbha's; directories deepest first. Says of each file whether it is gone or a directory, and which directories are
 * left. The user goes last, where dbha made it.
 */
export const removeFiles = script(
  "remove-files",
  ["user", "comment"],
  dropDirectory +
    dropFile +
    syncParents +
    users +
    sh`
settle() { :; }
count=$#
for thing in "$@"; do
  path=\${thing#* }
  subject="$path: "
  case $thing in
    file*)
      drop_file
      set -- "$@" "$path"
      ;;
    purge*) purge "$path" ;;
    remove*) remove "$path" || say left "$path" ;;
    keep*) forget "$path" ;;
  esac
done
while [ "$count" -gt 0 ]; do
  case $1 in remove*) remove_above "\${1#* }" ;; esac
  shift
  count=$((count - 1))
done
sync_parents "$@"
subject=
if [ -n "$user" ] && user_is_ours; then
  why=$(userdel -- "$user" 2>&1) || fail "the system user $user cannot be removed: $why" "end what runs as it"
fi
`,
  { list: true },
);
