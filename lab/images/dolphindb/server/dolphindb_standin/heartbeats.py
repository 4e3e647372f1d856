"""
Heart beats of all nodes to all controllers, so that each of those knows the cluster by itself. The answers tell who leads and who may
log in, for the time when there is no leader.
"""

import threading
import time

from .peers import Line, Unreachable
from .performance import measured
from .values import EngineError

PERIOD_SECONDS = 1


class Heard:
    """What a controller has heard of other nodes."""

    def __init__(self, silence_seconds):
        self._silence = silence_seconds
        self._last = {}
        self.since = time.monotonic()

    def note(self, alias, beat):
        self._last[alias] = (time.monotonic(), beat)

    def forget(self, alias):
        self._last.pop(alias, None)

    def of(self, alias):
        """The last beat of a node that lives; None for others."""
        moment, beat = self._last.get(alias, (None, None))
        return beat if moment is not None and time.monotonic() - moment < self._silence else None

    def silent_for(self, alias):
        """Seconds since a node was heard, or since this controller began to listen."""
        moment, _ = self._last.get(alias, (self.since, None))
        return time.monotonic() - moment


class Heart:
    """Sends a node's beats."""

    def __init__(self, node, controllers):
        self._node = node
        self._controllers = [site for site in controllers if site != node.site]
        self.answers = {}
        self._lines = {}

    def start(self):
        for site in self._controllers:
            host, port, _ = site.split(":")
            self._lines[site] = Line(host, int(port))
            threading.Thread(target=self._beat, args=(site,), daemon=True).start()

    def _beat(self, site):
        while True:
            node = self._node
            beat = {
                "alias": node.alias,
                "mode": node.mode,
                "host": node.host,
                "port": node.port_number,
                "ready": node.is_ready,
                "version": node.version,
                "perf": measured(node),
                **node.told(),
            }
            try:
                self.answers[site] = (time.monotonic(), self._lines[site].ask("beat", 3, beat=beat))
            except EngineError:
                self.answers.pop(site, None)
            time.sleep(PERIOD_SECONDS)

    def leave(self):
        """Tells all controllers that the node ends by its own will."""
        for site in self._controllers:
            host, port, _ = site.split(":")
            try:
                Line(host, int(port)).ask("leave", 1, alias=self._node.alias)
            except Unreachable:
                pass

    @property
    def leader(self):
        """The controller that says of itself that it leads; None where none does."""
        now = time.monotonic()
        return next((site for site, (moment, answer) in self.answers.items() if answer["leads"] and now - moment < 5), None)

    @property
    def last_answer(self):
        """The latest of all answers; None before the first."""
        answers = sorted(self.answers.values(), key=lambda one: one[0])
        return answers[-1][1] if answers else None
