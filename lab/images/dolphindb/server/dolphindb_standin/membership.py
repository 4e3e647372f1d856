"""Changes of the cluster that any node may ask the leader for."""

from .nodes_file import row_of, rows_of
from .options import ConfigError
from .values import EngineError

STILL_RUNNING = "Nodes cannot be removed while running. Please stop the node [{}] first."


class Membership:
    def __init__(self, controller):
        self._controller = controller

    def change(self, **command):
        self._controller.group.change(**command)

    def config(self):
        return self._controller.group.data["config"]

    def add_nodes(self, lines):
        """Adds rows; a node starts out stopped."""
        controller = self._controller
        known = [row.line for row in controller.rows]
        try:
            rows = rows_of(known + lines)
            new = [row_of(line) for line in lines]
        except ConfigError as error:
            raise EngineError(str(error)) from None
        for row in new:
            if row.mode != "agent" and not any(each.mode == "agent" and each.host == row.host for each in rows):
                raise EngineError(f"There is no agent on the host [{row.host}] of the node [{row.alias}].")
        workers = [row for row in rows if row.mode in ("datanode", "computenode")]
        if len(workers) > controller.license.nodes:
            raise EngineError(f"The number of nodes exceeds the max number of nodes [{controller.license.nodes}] of the license.")
        controller.group.change("nodes", lines=[row.line for row in rows])

    def remove_nodes(self, aliases, force):
        """Takes compute nodes out; data nodes go with saveClusterNodes and a restart."""
        controller = self._controller
        rows = controller.rows
        for alias in aliases:
            row = next((row for row in rows if row.alias == alias), None)
            if row is None:
                raise EngineError(f"The node [{alias}] is not in the cluster.")
            if row.mode != "computenode":
                raise EngineError(f"The node [{alias}] is no compute node: only those can be removed.")
            if controller.heard.of(alias) is not None and not force:
                raise EngineError(STILL_RUNNING.format(alias))
        controller.group.change("started", aliases=aliases, is_started=False)
        controller.group.change("nodes", lines=[row.line for row in rows if row.alias not in aliases])
