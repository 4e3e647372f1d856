import { script, sh } from "./script";

/** The hash of salt and file, in `sum`; nothing where it cannot be read. */
const common = sh`
digest() {
  if [ -n "$salt" ]; then
    sum=$({ printf %s "$salt" && cat -- "$1"; } | sha256sum)
  else
    sum=$(sha256sum <"$1") || sum=
  fi
  sum=\${sum%% *}
}
`;

/**
 * What files are written by. Every program that is started costs all files of a host their time, so few are: no chown to `self`, the user and
 * group that it runs as, of what is theirs. `receive` prints the new text.
 */
export const fileWriting =
  common +
  sh`
names() {
  dir=\${path%/*}
  [ -n "$dir" ] || dir=/
  base=\${path##*/}
  mark=$dir/.$base.dbha-changed
  new=$dir/.$base.dbha.$suffix
}
# what is at the path: its hash in sum, after what a run that was cut off left beside it
look() {
  names
  [ -d "$dir" ] || fail "its directory $dir does not exist" "create it by a Directory resource and depend on that"
  if [ -L "$path" ]; then
    [ -z "$create" ] || fail "a symbolic link to $(readlink -- "$path") is in the way" "remove it, or give the path it points to"
  elif [ -d "$path" ]; then
    fail "a directory is in the way" "remove it, or give another path"
  elif [ -e "$path" ] && [ ! -f "$path" ]; then
    fail "something that is not a regular file is in the way" "remove it, or give another path"
  fi
  for left in "$dir/.$base.dbha."??????; do
    [ ! -e "$left" ] || rm -f -- "$left"
  done
  sum=
  [ -L "$path" ] || [ ! -e "$path" ] || digest "$path"
}
# the new text, in a file of its own beside the path, in tmp
write_text() {
  # made here and now or not at all
  { set -C && true >"$new"; } ||
    fail "no file can be made in $dir" "check its mode, that it is neither full nor mounted read-only, and whether the host needs sudo: true"
  set +C
  tmp=$new
  made_text
  if ! receive >"$tmp"; then
    rm -f "$tmp"
    free=$(df -kP "$dir" | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% \(.*\)/\1 KiB free on \2/p')
    fail "the content does not fit, $free; the old file stays" "free space there, or give a path on another file system"
  fi
}
give() {
  # shellcheck disable=SC3067 # not of POSIX, but every shell has them
  { [ "$owner:$group" = "$self" ] && [ -O "$1" ] && [ -G "$1" ]; } || chown -- "$owner:$group" "$1" ||
    fail "the owner cannot be set to $owner:$group" "create user and group first; only root can give files away, so check sudo: true"
  chmod -- "$mode" "$1" || fail "the mode cannot be set" "check who owns the file"
}
swap_in() {
  ! why=$(mv -f -- "$tmp" "$path" 2>&1) || return 0
  rm -f "$mark"
  case $why in
    *busy*)
      fail "a file is mounted at this path, as containers have it for /etc/hosts, and no rename can take its place; the old file stays" \
        "change the file that is mounted there at its origin, or unmount it, or give another path"
      ;;
    *) fail "it cannot be swapped in: $why; the old file stays" "check who may write in $dir" ;;
  esac
}
`;

/**
 * Swaps in the new content when what is there differs by its hash; else `pass_over` has it. Leaves a mark beside the file between the swap
 * and a successful `on_change`, so that a run that was cut off there is made good by the next. After a swap `settle DIRECTORY` is to make the
 * name last.
 */
export const putFile = sh`
put_file() (
made_text() {
  trap 'rm -f "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
}
look
swapped=
target=$path
if [ "$sum" != "$sha256" ]; then
  write_text
  digest "$tmp"
  [ "$sum" = "$sha256" ] ||
    fail "the content did not arrive whole or changed on its way; the old file stays" "run it again"
  swapped=1
  [ -n "$in_place" ] && [ -f "$path" ] && [ ! -L "$path" ] || target=$tmp
else
  pass_over
fi
give "$target"

if [ -n "$swapped" ]; then
  if [ -n "$validate" ]; then
    (
      set +eu
      DBHA_FILE=$tmp
      export DBHA_FILE
      eval "$validate"
    ) </dev/null >&2 || fail "the validation refused the new text, the old file stays" "correct the content"
  fi
  sync "$tmp" 2>/dev/null || sync
  [ -z "$on_change" ] || : >"$mark"
  if [ "$target" = "$path" ]; then
    size=$(stat -c %s -- "$tmp")
    rest=$(($(stat -c %s -- "$path") - size))
    # Who reads now meets the new text with empty lines after it, and not the end of the old one.
    [ "$rest" -le 0 ] || head -c "$rest" /dev/zero | tr '\0' '\n' >>"$tmp"
    { dd if="$tmp" of="$path" bs=4M conv=notrunc,fsync 2>/dev/null && truncate -s "$size" -- "$path"; } ||
      fail "it cannot be written in place" "check what its file system supports, and that it has room; the next run writes it anew"
    rm -f "$tmp"
  else
    swap_in
  fi
  settle "$dir"
fi
say swapped "$swapped"
if [ -n "$on_change" ] && [ -e "$mark" ]; then
  (
    set +eu
    eval "$on_change"
  ) </dev/null >&2 || fail "the file is in place, but the action after the change failed" "correct what it met; the next run repeats it"
fi
[ ! -e "$mark" ] || rm -f "$mark"
)
`;

/** Writes one file from its input, which is not read where the file is as it should be, so that nothing long travels for nothing. */
export const writeFile = script(
  "write-file",
  ["path", "mode", "owner", "group", "salt", "sha256", "suffix", "create", "validate", "on_change", "in_place"],
  fileWriting +
    putFile +
    sh`
self=
receive() { cat; }
pass_over() { :; }
settle() { sync "$1" 2>/dev/null || sync; }
put_file
stat -c 'mode=%a' -- "$path"
`,
);

/** Says what is at the path; the text too, after an empty line, when it is not the known one and not longer than the limit. */
export const readFile = script(
  "read-file",
  ["path", "salt", "sha256", "limit"],
  common +
    sh`
if [ -L "$path" ]; then
  say kind link
  exit 0
fi
if [ ! -e "$path" ]; then
  case $(ls -d -- "$path" 2>&1) in
    *ermission\ denied*) fail "it cannot be looked at: permission denied" "set sudo: true, or log in as root" ;;
  esac
  say kind missing
  exit 0
fi
if [ ! -f "$path" ]; then
  say kind other
  exit 0
fi
say kind file
[ ! -e "\${path%/*}/.\${path##*/}.dbha-changed" ] || say pending 1
stat -c 'mode=%a
owner=%U
group=%G
uid=%u
gid=%g
size=%s' -- "$path"
[ -r "$path" ] || fail "it cannot be read" "set sudo: true, or log in as root"
digest "$path"
say sha256 "$sum"
if [ "$sum" != "$sha256" ] && [ "$(stat -c %s -- "$path")" -le "$limit" ]; then
  say text follows
  echo
  cat -- "$path"
fi
`,
);

/** Removes a file with what an interrupted write left beside it; what is not a file is left alone. After that `settle DIRECTORY`. */
export const dropFile = sh`
drop_file() {
  dir=\${path%/*}
  base=\${path##*/}
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    say kind directory
    return 0
  fi
  if ! why=$(rm -f -- "$path" "$dir/.$base.dbha-changed" "$dir/.$base.dbha."?????? 2>&1); then
    case $why in
      *busy*) fail "a file is mounted at this path, and cannot be removed" "unmount it on the host" ;;
      *) fail "it cannot be removed: $why" "check the mode of $dir, and whether the host needs sudo: true" ;;
    esac
  fi
  settle "$dir/"
  say kind gone
}
`;

/** Removes one file. */
export const deleteFile = script(
  "delete-file",
  ["path"],
  dropFile +
    sh`
settle() { [ ! -d "$1" ] || sync "$1" 2>/dev/null || sync; }
drop_file
`,
);
