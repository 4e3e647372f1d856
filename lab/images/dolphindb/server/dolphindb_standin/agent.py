"""An agent: starts and stops the data and compute nodes of its host, as processes of their own."""

import os
import socket
import subprocess
import sys
import threading
import time

from .heartbeats import Heart
from .node import Node
from .options import ConfigError
from .peers import ask
from .users import verified
from .values import EngineError

START = "Job scheduler initialization completed."


class Agent(Node):
    def start(self):
        self.started = time.monotonic()
        sites = [site.strip().split(":") for site in self.options.text("sites").split(",")]
        if not self.options.text("controllerSite") or any(len(site) != 4 for site in sites):
            raise ConfigError("The agent needs controllerSite, and sites of host:port:alias:mode.")
        if sites[0][3] != "agent" or any(site[3] != "controller" for site in sites[1:]):
            raise ConfigError("The configuration parameter sites must begin with the agent, and go on with all controllers.")
        self.open()
        self._children = {}
        self._lock = threading.Lock()
        self.heart = Heart(self, [":".join(site[:3]) for site in sites[1:]])
        self.port.listen()
        self.heart.start()
        self.is_ready = True
        self.log.info(START)

    def told(self):
        with self._lock:
            for alias in [alias for alias, child in self._children.items() if child.poll() is not None]:
                self.log.info(f"The node [{alias}] ended with status {self._children.pop(alias).returncode}.")
        return {}

    def verify(self, user, password):
        answer = self.heart.last_answer
        return None if answer is None else verified(answer["users"], user, password)

    def peer_start_node(self, alias, port, options):
        """Starts a node, unless something has its port."""
        with self._lock:
            child = self._children.get(alias)
            if child is not None and child.poll() is None:
                return
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("0.0.0.0", port))
                except OSError as error:
                    raise EngineError(f"failed to try bind port {port} with error code {error.errno}") from None
            home = os.path.join(self.options.home, alias)
            logs = os.path.dirname(os.path.abspath(self.options.text("logFile", "log/agent.log")))
            os.makedirs(home, exist_ok=True)
            os.makedirs(logs, exist_ok=True)
            words = {
                "console": "0",
                "home": home,
                "logFile": os.path.join(logs, f"{alias}.log"),
                "jobLogFile": os.path.join(logs, f"{alias}_job.log"),
                "keyPath": os.path.join(self.options.home, self.alias, "keys"),
                **options,
            }
            command = [*program(), *(word for name, value in words.items() for word in (f"-{name}", value))]
            with open(os.path.join(home, "output.out"), "ab") as output:
                # a process group of its own: what ends the agent does not end the node
                self._children[alias] = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
            self.log.info(f"The node [{alias}] was started.")

    def peer_stop_node(self, alias, port):
        self.log.info(f"The node [{alias}] is told to stop.")
        ask(self.host, port, "stop", 10)

    def close(self):
        self.heart.leave()


def program():
    """What this process was started by, to start another one."""
    if "DOLPHINDB_STANDIN_SERVER" in os.environ:
        return [sys.executable, "-m", __package__]
    return [os.readlink("/proc/self/exe")]
