"""The leader's hand on agents: data and compute nodes are started, stopped and, when they were lost, started again."""

import threading
import time

from .options import node_config
from .peers import ask
from .values import EngineError

NO_AGENT = "There is no agent in this cluster"
WORKERS = ("datanode", "computenode")


class NodeControl:
    def __init__(self, controller):
        self._controller = controller
        self._asked = {}

    def config_of(self, alias):
        """What cluster.cfg says for a node."""
        return node_config(self._controller.group.data["config"], alias)

    def _agent_of(self, row):
        agents = [each for each in self._controller.rows if each.mode == "agent" and each.host == row.host]
        return agents[0] if agents else None

    def workers(self, aliases):
        """The rows of data and compute nodes, which must all be in the cluster."""
        rows = self._controller.rows
        if not any(row.mode == "agent" for row in rows):
            raise EngineError(NO_AGENT)
        if len(set(aliases)) != len(aliases):
            raise EngineError("There are duplicated data nodes in the list.")
        found = []
        for name in aliases:
            row = next(
                (row for row in rows if name in (row.alias, row.site, f"{row.host}:{row.port}") and row.mode in WORKERS), None
            )
            if row is None:
                raise EngineError(f"The node [{name}] is not in the cluster.")
            found.append(row)
        return found

    def start(self, aliases):
        rows = self.workers(aliases)
        self._controller.group.change("started", aliases=[row.alias for row in rows], is_started=True)
        for row in rows:
            self._asked[row.alias] = time.monotonic()
            threading.Thread(target=self._start, args=(row,), daemon=True).start()

    def stop(self, aliases):
        rows = self.workers(aliases)
        self._controller.group.change("started", aliases=[row.alias for row in rows], is_started=False)
        for row in rows:
            threading.Thread(
                target=self._ask_agent, args=(row, "stop_node", {"alias": row.alias, "port": row.port}), daemon=True
            ).start()

    def _start(self, row):
        if self._controller.heard.of(row.alias) is None:
            self._ask_agent(row, "start_node", {"alias": row.alias, "port": row.port, "options": self._options_of(row)})

    def _ask_agent(self, row, method, arguments):
        agent = self._agent_of(row)
        try:
            if agent is None:
                raise EngineError(f"there is no agent on {row.host}")
            ask(agent.host, agent.port, method, 20, **arguments)
        except EngineError as error:
            self._controller.log.error(f"{method} of {row.alias}: {error}")

    def _options_of(self, row):
        """The command line of a node, less its home and log."""
        controllers = [each.site for each in self._controller.rows if each.mode == "controller"]
        agent = self._agent_of(row)
        shared = {
            name: self._controller.options.text(name) for name in ("enableClientAuth",) if self._controller.options.text(name)
        }
        return {
            **shared,
            **self.config_of(row.alias),
            "mode": row.mode,
            "localSite": row.site,
            "agentSite": agent.site if agent else "",
            "controllerSite": self._controller.site,
            "sites": ",".join(controllers),
            "computeGroup": row.group,
        }

    def look(self):
        """Starts nodes again that should run and were silent for datanodeRestartInterval."""
        controller = self._controller
        interval = controller.options.number("datanodeRestartInterval", 0)
        if interval <= 0:
            return
        for alias in controller.group.data["started"]:
            row = controller.row(alias)
            waited = time.monotonic() - self._asked.get(alias, 0)
            if row is None or controller.heard.of(alias) is not None or waited < max(interval, 5):
                continue
            if controller.heard.silent_for(alias) >= interval:
                controller.log.warning(f"The node [{alias}] is offline and is started again.")
                self._asked[alias] = time.monotonic()
                threading.Thread(target=self._start, args=(row,), daemon=True).start()
