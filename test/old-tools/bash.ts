/** Words of bash that 4.2 has not, by the version that brought them, each with an example that the check must see. */
export const NEWER: readonly { version: string; word: RegExp; example: string }[] = [
  { version: "4.3", word: /\bwait\s+-n\b/, example: "wait -n" },
  { version: "4.3", word: /\b(declare|local|typeset)\s+-\w*n\w*\b/, example: "local -n name=$1" },
  { version: "4.3", word: /\b\w+\[-\d+\]\+?=/, example: "list[-1]=x" },
  { version: "4.3", word: /\$\{\w+\[-/, example: "${list[-1]}" },
  { version: "4.4", word: /\$\{\w+(\[[@*]\])?@\w\}/, example: "${name@Q}" },
  { version: "4.4", word: /\b(mapfile|readarray)\b[^;|\n]*\s-d/, example: "mapfile -t -d '' list" },
  { version: "4.4", word: /^\s*local\s+-(\s|$)/m, example: "local -" },
  { version: "5.0", word: /\$\{?(EPOCHSECONDS|EPOCHREALTIME|BASH_ARGV0)\b/, example: "$EPOCHSECONDS" },
  { version: "5.1", word: /\$\{?SRANDOM\b/, example: "$SRANDOM" },
  { version: "5.1", word: /\bwait\b[^;|&\n]*\s-p\b/, example: "wait -p name" },
  { version: "5.3", word: /\$\{[ |][^}]/, example: "${ date; }" },
];

/** What of a text needs a newer bash: `VERSION: the words`. */
export const newerThanBash42 = (text: string): string[] =>
  NEWER.flatMap(({ version, word }) => {
    const found = word.exec(text);
    return found ? [`${version}: ${found[0].trim()}`] : [];
  });

/**
 * Lists that `set -u` of bash before 4.4 takes for unset where they are empty: `"${list[@]}"` without a way round such as
 * `${list[@]+"${list[@]}"}`. Only where the text sets it, and for lists that are not filled where they are made.
 */
export function emptyLists(text: string): string[] {
  if (!/\bset\s+-\w*u/.test(text)) return [];
  const filled = [...text.matchAll(/^(\w+)=\([^\s)]/gm)].map(([, name]) => name);
  return [...text.matchAll(/(?<!\+)"\$\{(\w+)\[@\]\}"/g)].flatMap(([whole, name]) =>
    filled.includes(name) ? [] : [whole],
  );
}
