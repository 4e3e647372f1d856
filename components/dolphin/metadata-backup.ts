import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";

/** What a host's part of a backup of the metadata is made of. */
export interface MetadataBackup {
  /** Directory of the backups. */
  backups: string;
  /** Name of the backup; it begins with the time, so that names sort by age. */
  name: string;
  /** Home of the host's controller, whose `raft` and `sysmgmt` are saved; empty where there is none. */
  controllerHome: string;
  /** `dfsMetaDir` as the controller tells it; empty where there is none. */
  dfsMetaDir: string;
  /** `chunkMetaDir` of the host's data nodes, as they tell them. */
  chunkMetaDirs: readonly string[];
  /** How many backups `prune` leaves. */
  keep: number;
}

/**
 * The script of a host's part of a backup, with the nodes of the host stopped: `backup`, `restore`, `list` and `prune`. What the vendor
 * names as the set to roll back with, and users and rights besides (`sysmgmt`). A backup counts when it has been read back and is equal
 * to what it was made of; one that a run left half done does not count, and is made anew. A restore may be repeated, and leaves what it
 * takes the place of beside it.
 */
export const renderMetadataBackup = ({
  backups,
  name,
  controllerHome,
  dfsMetaDir,
  chunkMetaDirs,
  keep,
}: MetadataBackup): string =>
  renderProcedures(
    {
      ...{ backups, name, keep: String(keep) },
      // each has to be there: what is missing is no metadata to go back to
      paths: [
        ...(controllerHome === "" ? [] : [`${controllerHome}/raft`, `${controllerHome}/sysmgmt`]),
        ...(dfsMetaDir === "" ? [] : [dfsMetaDir]),
        ...chunkMetaDirs,
      ].join("\n"),
    },
    `${prologue}set -eu
umask 077
give_up() { echo "$1; fix: $2" >&2; exit 1; }

backup() {
  [ ! -e "$backups/$name/sha256" ] || { echo "backup=$name"; return; }
  needed=0
  while read -r path; do
    [ -d "$path" ] || give_up "$path is not there, and belongs to the metadata" "start the nodes once, or correct the directory"
    needed=$((needed + $(du -sk -- "$path" | cut -f 1)))
  done <<EOF
$paths
EOF
  mkdir -p -- "$backups"
  free=$(df -kP -- "$backups" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt "$((needed + needed / 10))" ] || give_up "the backup needs $needed KiB, and $backups has $free" "free space there"
  new=$backups/.$name.new
  rm -rf -- "$new"
  mkdir -- "$new"
  relative >"$new/paths"
  tar -cf "$new/set.tar" -C / -T "$new/paths" || give_up "the metadata cannot be read" "see what tar said"
  tar -df "$new/set.tar" -C / || give_up "the metadata changed while they were saved" "stop the nodes of this host first"
  (cd "$new" && sha256sum set.tar paths >sums && mv sums sha256)
  sync
  mv -- "$new" "$backups/$name"
  sync
  echo "backup=$name"
}

relative() { printf '%s\\n' "$paths" | sed 's|^/||'; }

restore() {
  cd "$backups/$name" 2>/dev/null || give_up "there is no backup $name in $backups" "give one that list shows"
  [ -e sha256 ] || give_up "the backup $name was not ended" "give one that list shows"
  sha256sum -c --status sha256 || give_up "the backup $name is damaged" "give another one"
  relative | cmp -s - paths || give_up "the backup $name has other directories than this host has now" "describe the nodes as they were then"
  while read -r path; do
    new=$path.of-backup former=$path.before-$name
    rm -rf -- "$new"
    mkdir -p -- "$new"
    # what stands before its name in the archive is left out, and it keeps its owner and mode
    before=$(printf %s "\${path%/*}" | tr -cd / | wc -c)
    tar -xpf set.tar -C "$new" --strip-components="$before" "\${path#/}"
    if [ -e "$path" ] && [ ! -e "$former" ]; then mv -- "$path" "$former"; fi
    rm -rf -- "$path"
    mv -- "$new/\${path##*/}" "$path"
    rmdir -- "$new"
  done <<EOF
$paths
EOF
  sync
  echo "restored=$name"
}

list() {
  for each in "$backups"/*/sha256; do
    [ -e "$each" ] || continue
    each=\${each%/sha256}
    echo "backup=\${each##*/}"
  done
}

prune() {
  rm -rf -- "$backups"/.*.new
  list | sed 's/^backup=//' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
    rm -rf -- "\${backups:?}/$old"
    echo "removed=$old"
  done
}
`,
  );
