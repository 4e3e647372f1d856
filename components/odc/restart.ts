/**
 * A shell command that starts a node's container again when nothing runs in it but its supervisor: ODC's gives up on a
 * server that ended within a second four times. One whose server runs, however long it migrates the MetaDB, is left alone.
 */
export const restartIdle = (containerName: string): string =>
  `processes=$(docker top ${containerName}) || exit 0
printf '%s\\n' "$processes" | sed 1d | grep -qv supervisord || docker restart ${containerName} >/dev/null`;
