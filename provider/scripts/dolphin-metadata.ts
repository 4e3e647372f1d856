import { script, sh } from "./script";

/** A backup counts when it has been read back and is equal to what it was made of. */
const backups = sh`
of() { printf '%s/%s' "$backups" "$name"; }
proven() {
  [ -d "$(of)" ] || fail "there is no backup $name in $backups" "give one of the output backups"
  [ -e "$(of)/sha256" ] || fail "the backup $name was not ended" "give one of the output backups"
  (cd "$(of)" && sha256sum -c --status sha256) || fail "the backup $name is damaged" "give another one of the output backups"
}
`;

/**
 * Saves directories of metadata, with the nodes of the host stopped: what the vendor names as the set to go back with, and users and rights
 * besides. One that a run left half done does not count, and is made anew. A word with ? before it is a directory that need not be there.
 */
export const backupMetadata = script(
  "backup-metadata",
  ["backups", "name", "about"],
  backups +
    sh`
umask 077
if [ ! -e "$(of)/sha256" ]; then
  new=$backups/.$name.new
  mkdir -p -- "$backups" || fail "the directory $backups cannot be made" "see what is there, or give another one"
  rm -rf -- "$new"
  mkdir -- "$new"
  : >"$new/paths"
  : >"$new/absent"
  needed=0
  for word; do
    path=\${word#\?}
    if [ -d "$path" ]; then
      printf '%s\n' "\${path#/}" >>"$new/paths"
      needed=$((needed + $(du -sk -- "$path" | cut -f 1)))
    elif [ "$path" != "$word" ]; then
      printf '%s\n' "\${path#/}" >>"$new/absent"
    else
      rm -rf -- "$new"
      fail "$path is not there, and belongs to the metadata" "start the nodes once, or correct the directory"
    fi
  done
  free=$(df -kP -- "$backups" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt "$((needed + needed / 10))" ] || fail "the backup needs $needed KiB, and $backups has $free" "free space there"
  tar -cf "$new/set.tar" -C / -T "$new/paths" >&2 || fail "the metadata cannot be read" "see what tar said"
  tar -df "$new/set.tar" -C / >&2 || fail "the metadata changed while they were saved" "stop the nodes of this host first"
  printf '%s\n' "$about" >"$new/about"
  (cd "$new" && sha256sum set.tar paths absent about >sums && mv sums sha256)
  sync
  rm -rf -- "$(of)"
  mv -- "$new" "$(of)"
  sync
fi
proven
say backup "$name"
`,
  { list: true },
);

/** Looks whether a backup can be gone back to; says what was noted with it. */
export const proveBackup = script(
  "prove-backup",
  ["backups", "name"],
  backups +
    sh`
proven
say backup "$name"
say about "$(cat "$(of)/about")"
`,
);

/** Puts metadata back where they were saved from. It may be repeated, and leaves what they take the place of beside them. */
export const restoreMetadata = script(
  "restore-metadata",
  ["backups", "name"],
  backups +
    sh`
proven
aside() {
  if [ -e "$1" ] && [ ! -e "$1.before-$name" ]; then mv -- "$1" "$1.before-$name"; fi
  rm -rf -- "$1"
}
while IFS= read -r inside; do
  path=/$inside new=/$inside.of-backup
  rm -rf -- "$new"
  mkdir -p -- "$new"
  # what stands before its name in the archive is left out, and it keeps its owner and mode
  before=$(printf %s "\${path%/*}" | tr -cd / | wc -c)
  tar -xpf "$(of)/set.tar" -C "$new" --strip-components="$before" "$inside" >&2
  aside "$path"
  mv -- "$new/\${path##*/}" "$path"
  rmdir -- "$new"
done <"$(of)/paths"
while IFS= read -r inside; do aside "/$inside"; done <"$(of)/absent"
sync
say restored "$name"
`,
);

/** Leaves so many backups, the latest; their names begin with the time. */
export const pruneBackups = script(
  "prune-backups",
  ["backups", "keep"],
  sh`
rm -rf -- "$backups"/.*.new
for each in "$backups"/*/sha256; do
  [ -e "$each" ] || continue
  each=\${each%/sha256}
  printf '%s\n' "\${each##*/}"
done | sort -r | tail -n "+$((keep + 1))" | while IFS= read -r old; do rm -rf -- "\${backups:?}/$old"; done
say pruned 1
`,
);

/** Removes all backups. */
export const removeBackups = script(
  "remove-backups",
  ["backups"],
  sh`
rm -rf -- "\${backups:?}"
say removed 1
`,
);
