import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";
import { ShellLibrary } from "../shell-library";
import type { Instance } from "./instance";

/** What the Raft group begins with. */
export interface FirstFiles {
  clusterNodes: string;
  clusterCfg: string;
}

/**
 * The script that writes cluster.nodes and cluster.cfg of a controller that has not been started yet. After that they are the Raft
 * group's, which writes them again on each controller.
 * @param home the controller's.
 */
export const renderFirstFiles = (
  { config, user }: Instance,
  home: string,
  { clusterNodes, clusterCfg }: FirstFiles,
): string =>
  renderProcedures(
    { config, user, raft: `${home}/raft`, cluster_nodes: clusterNodes, cluster_cfg: clusterCfg },
    library,
    ["first"],
  );

const library = new ShellLibrary(`${prologue}first() {
  [ ! -e "$raft" ] || exit 0
  put cluster.nodes "$cluster_nodes"
  put cluster.cfg "$cluster_cfg"
}

put() {
  printf %s "$2" >"$config/.$1.new" && chown "$user:$user" "$config/.$1.new" && mv -f "$config/.$1.new" "$config/$1" || exit 1
}
`);
