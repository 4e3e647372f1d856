import { script, sh } from "./script";

/**
 * `manifest DIR`: one hash over what is in it, as `Tree.manifest` foretells it. Something that is neither file, directory
 * nor link counts too.
 */
const common = sh`
manifest() {
  (
    cd -- "$1"
    {
      find . -type d -exec stat -c 'd %a %n' {} +
      find . -type f -exec stat -c 'f %a %s %Y %n' {} +
      find . -type l -exec sh -c 'for l; do printf "l %s -> %s\n" "$l" "$(readlink "$l")"; done' sh {} +
      find . ! -type d ! -type f ! -type l
    } | sort | sha256sum | cut -c 1-64
  )
}
give() {
  find "$1" '(' ! -user "$owner" -o ! -group "$group" ')' -exec chown -h -- "$owner:$group" {} + ||
    fail "the owner cannot be set to $owner:$group" "create user and group first; only root can give files away, so check sudo: true"
}
kind() {
  if [ -L "$1" ]; then
    echo link
  elif [ -d "$1" ]; then
    echo directory
  elif [ -e "$1" ]; then
    echo other
  else
    echo missing
  fi
}
`;

/**
 * Says what is at the base directory, the link and the version's directory; of that one its manifest, whether it was made
 * by unpackArchive and from which file (its SHA-256), and an owner and group that are not the wanted ones; and which of the listed versions are there.
 */
export const readArchive = script(
  "read-archive",
  ["path", "version", "link", "owner", "group"],
  common +
    sh`
case $(ls -d -- "$path/." 2>&1) in
  *ermission\ denied*) fail "it cannot be looked at: permission denied" "set sudo: true, or log in as root" ;;
esac
base=$(kind "$path")
[ "$base" != link ] || [ ! -d "$path" ] || base=directory
say base "$base"
say link "$(kind "$path/$link")"
[ ! -L "$path/$link" ] || say target "$(readlink -- "$path/$link")"
found=$(kind "$path/$version")
say version "$found"
if [ "$found" = directory ]; then
  say manifest "$(manifest "$path/$version")"
  [ ! -e "$path/.$version.dbha" ] || say made "$(cat -- "$path/.$version.dbha")"
  find "$path/$version" ! -user "$owner" -exec stat -c 'owner=%U' {} + 2>/dev/null | head -n 1
  find "$path/$version" ! -group "$group" -exec stat -c 'group=%G' {} + 2>/dev/null | head -n 1
fi
for each in "$@"; do
  [ ! -d "$path/$each" ] || say present "$each"
done
`,
  { list: true },
);

/**
 * Unpacks the tar through gzip on its input beside the version's directory, and renames it when it is whole and on disk.
 * A mark beside it, made before, tells that the version is dbha's even when a run ends here, and which file it came from.
 */
export const unpackArchive = script(
  "unpack-archive",
  ["path", "version", "manifest", "sha256", "owner", "group"],
  common +
    sh`
rm -rf -- "$path"/.dbha-unpack.* "$path"/.dbha-old.*
tmp=$(mktemp -d "$path/.dbha-unpack.XXXXXX") ||
  fail "no directory can be made in $path" "check its mode, that it is neither full nor mounted read-only, and whether the host needs sudo: true"
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
if ! gzip -dc | tar -xpf - -C "$tmp"; then
  rm -rf -- "$tmp"
  free=$(df -kP "$path" | { read -r _ && read -r _ _ _ kib _ mount && echo "$kib KiB free on $mount"; })
  fail "it cannot be unpacked, $free; versions and link stay as they are" "free space there; the host needs tar and gzip"
fi
chmod -- 0755 "$tmp"
[ "$(manifest "$tmp")" = "$manifest" ] ||
  fail "what was unpacked is not what was sent; versions and link stay as they are" "run it again; check that the file system keeps names, modes and times"
give "$tmp"
sync -f "$tmp" 2>/dev/null || sync
[ ! -d "$path/$version" ] || mv -T -- "$path/$version" "$path/.dbha-old.$version"
echo "$sha256" >"$path/.$version.dbha"
mv -T -- "$tmp" "$path/$version"
sync "$path" 2>/dev/null || sync
rm -rf -- "$path/.dbha-old.$version"
`,
);

/** Lets the link point to the version, by one rename, and removes an earlier link and the listed versions. */
export const switchArchive = script(
  "switch-archive",
  ["path", "version", "link", "old_link", "owner", "group"],
  common +
    sh`
give "$path/$version"
if [ "$(readlink -- "$path/$link")" != "$version" ]; then
  rm -rf -- "$path/.$link.dbha-link"
  ln -s -- "$version" "$path/.$link.dbha-link"
  chown -h -- "$owner:$group" "$path/.$link.dbha-link"
  mv -T -- "$path/.$link.dbha-link" "$path/$link" ||
    fail "the link $path/$link cannot be switched" "check what is in the way"
fi
[ -z "$old_link" ] || [ ! -L "$path/$old_link" ] || rm -f -- "$path/$old_link"
for each in "$@"; do
  rm -rf -- "\${path:?}/\${each:?}" "$path/.$each.dbha"
done
sync "$path" 2>/dev/null || sync
`,
  { list: true },
);

/** Removes the listed versions, and the link where it points to one of them or to the current version. */
export const removeArchive = script(
  "remove-archive",
  ["path", "link", "current"],
  sh`
[ -d "$path" ] || exit 0
target=
[ ! -L "$path/$link" ] || target=$(readlink -- "$path/$link")
for each in "$current" "$@"; do
  if [ -n "$target" ] && [ "$target" = "$each" ]; then
    rm -f -- "$path/$link"
  fi
done
for each in "$@"; do
  rm -rf --one-file-system -- "\${path:?}/\${each:?}" ||
    fail "$path/$each cannot be removed" "unmount what is mounted below it and stop what writes there"
  rm -f -- "$path/.$each.dbha"
done
rm -rf -- "$path"/.dbha-unpack.* "$path"/.dbha-old.* "$path/.$link.dbha-link"
sync "$path" 2>/dev/null || sync
`,
  { list: true },
);
