import { shellWord } from "../shell-word";
import { ShellLibrary } from "../shell-library";

/** The labels by which containers of a deployment are found, and their version is known. */
export const OMS_LABEL = "dbha.oms";
export const VERSION_LABEL = "dbha.oms.version";

/** What tells a deployment's containers. */
export interface OwnContainers {
  /** The deployment's name, which they have as a label. */
  name: string;
  /** First part of their names, before `_`. */
  prefix: string;
}

/** The variables of {@link ownContainers}. */
export const ownVariables = ({ name, prefix }: OwnContainers): Record<string, string> => ({
  label: `label=${OMS_LABEL}=${name}`,
  prefix,
});

/** Those variables at the start of a command. */
export const ownAssignments = (own: OwnContainers): string =>
  Object.entries(ownVariables(own))
    .map(([variable, value]) => `${variable}=${shellWord(value)}\n`)
    .join("");

/** Shell functions that find a deployment's containers. */
export const ownContainers = new ShellLibrary(String.raw`
# own OPTION...: names of those that docker ps lists with such options; one that was made by hand has no label, and was noted when it was taken over
own() {
  found=$(docker ps "$@" --filter "$label" --format '{{.Names}}') || return 1
  records=/var/lib/dbha
  [ "$(id -u)" = 0 ] || records=$HOME/.dbha
  ids=$(awk -v name="$prefix"_ '$1 == "adopted" && index($2, name) == 1 { print $3 }' "$records"/* 2>/dev/null) || ids=
  for id in $ids; do
    found="$found
$(docker ps "$@" --filter "id=$id" --format '{{.Names}}')" || return 1
  done
  printf '%s\n' "$found" | sort -u | sed '/^$/d'
}
`);
