"""A controller: one of the Raft group that knows the cluster."""

import os
import re
import threading
import time

from . import refusals, wire
from .dfs_master import DfsMaster
from .heartbeats import Heard, Heart
from .membership import Membership
from .node import Node
from .nodes_file import HEADER, rows_of
from .node_control import WORKERS, NodeControl
from .options import ConfigError, lines_of
from .performance import MODES, measured, performance_table, row_of_dead
from .raft_group import DEFAULT_TICKS, RaftGroup
from .state_files import write_file, write_state
from .users import BUILT_IN_PASSWORD, BUILT_IN_USER, hashed, verified

READY = "Controller initialization completed."


class Controller(Node):
    def start(self):
        self.started = time.monotonic()
        self._nodes_path, self._config_path = self.options.text("nodesFile"), self.options.text("clusterConfig")
        self._nodes_at_start = lines_of(self._nodes_path, "nodes")
        rows = rows_of(self._nodes_at_start)
        controllers = [row for row in rows if row.mode == "controller"]
        if self.site not in [row.site for row in controllers]:
            raise ConfigError(f"The controller [{self.site}] is not in the nodes file [{self._nodes_path}].")
        self._config_at_start = lines_of(self._config_path, "configuration") if self._config_path else []
        refusals.check_controller(self.options, self._config_at_start)
        if self.options.text("dfsHAMode").lower() != "raft" or len(controllers) < 2:
            raise ConfigError("the stand-in has controllers in high availability alone: dfsHAMode=Raft and several of them")
        self.open()
        if sum(row.mode in WORKERS for row in rows) > self.license.nodes:
            raise ConfigError(f"The number of nodes exceeds the max number of nodes [{self.license.nodes}] of the license.")
        self.home = os.path.join(self.options.home, self.alias)
        self.config_path = self.options.text("config")
        self.heard = Heard(self.options.number("dfsChunkNodeHeartBeatTimeout", 8))
        self.dfs = DfsMaster(self)
        self.control = NodeControl(self)
        self.membership = Membership(self)
        self._changes = threading.Event()
        ticks = self.options.number("raftElectionTick", DEFAULT_TICKS)
        sites = [row.site for row in controllers]
        self.group = RaftGroup(os.path.join(self.home, "raft"), self.site, sites, ticks, self.log, lambda _: self._changes.set())
        self.port.add(self.group.transport.beginnings, self.group.transport.serve)
        self.port.listen()
        self.heart = Heart(self, sites)
        self.heart.start()
        for work in (self._keep_files, self._lead):
            threading.Thread(target=work, daemon=True).start()

    @property
    def has_groups(self):
        return tuple(map(int, re.findall(r"\d+", self.version)[:3])) >= (3, 0, 2)

    @property
    def rows(self):
        """The cluster's nodes: as the group knows them, or, before it does, as the file has them."""
        data = self.group.data
        return rows_of(data["nodes"] if data["initialised"] else self._nodes_at_start)

    def row(self, alias):
        return next((row for row in self.rows if row.alias == alias), None)

    # files

    def _keep_files(self):
        """Writes what the group agreed on into this controller's files, over whatever was written there by hand."""
        while True:
            self._changes.wait()
            self._changes.clear()
            data = self.group.data
            if not data["initialised"]:
                continue
            if _series(data["version"]) > _series(self.version):
                self.log.error(f"The metadata is of server {data['version']}, which is newer than this one.")
                os._exit(1)
            write_file(self._nodes_path, [HEADER, *(row.line for row in rows_of(data["nodes"]))])
            if self._config_path:
                write_file(self._config_path, data["config"])
            write_state(self.home, self.dfs_meta_directory, data)
            if not self.is_ready:
                self.is_ready = True
                self.log.info(READY)

    @property
    def dfs_meta_directory(self):
        return self.options.text("dfsMetaDir") or os.path.join(self.home, "dfsMeta")

    # leading

    def _lead(self):
        while True:
            time.sleep(0.5)
            try:
                if self.group.is_leader and not self.group.data["initialised"]:
                    self.group.propose(
                        "initialise",
                        nodes=[row.line for row in rows_of(self._nodes_at_start)],
                        config=self._config_at_start,
                        version=self.version,
                        admin=hashed(BUILT_IN_PASSWORD),
                    )
                if self.group.is_ready:
                    self._take_over()
                    self.control.look()
                    self.dfs.look()
            except Exception as error:
                self.log.warning(f"work of the leader failed: {error!r}")

    def _take_over(self):
        """Of the nodes file, controllers count at a start; and the newest version that ran is noted."""
        data = self.group.data
        own = [row.line for row in rows_of(self._nodes_at_start) if row.mode == "controller"]
        known = [row.line for row in self.rows if row.mode == "controller"]
        if own != known and len(own) > 1:
            self.group.change("nodes", lines=own + [row.line for row in self.rows if row.mode != "controller"])
        if _numbers(data["version"]) < _numbers(self.version):
            self.group.change("version", version=self.version)

    # what other nodes ask

    def told(self):
        return {"term": self.group.term, "leads": self.group.is_ready}

    def peer_beat(self, beat):
        self.heard.note(beat["alias"], beat)
        return {"leads": self.group.is_ready, "leader": self.group.leader or "", "users": self.group.data["users"]}

    def peer_leave(self, alias):
        self.heard.forget(alias)
        self.dfs.forget(alias)

    def peer_verify(self, user, password):
        return self.verify(user, password)

    def peer_rows(self):
        return [row.line for row in self.rows]

    def peer_performance(self):
        return wire.encode(self.performance())

    def peer_lead(self, method, arguments):
        """What only the leader does: `membership.…` or `dfs.…`."""
        self.group.require_leader()
        part, _, name = method.partition(".")
        return getattr({"membership": self.membership, "dfs": self.dfs}[part], name)(**arguments)

    # clients

    def verify(self, user, password):
        data = self.group.data
        built_in = {BUILT_IN_USER: {"hash": hashed(BUILT_IN_PASSWORD, "none"), "admin": True}}
        return verified(data["users"] if data["initialised"] else built_in, user, password)

    def performance(self):
        leader = self.group.leader
        found = []
        for row in self.rows:
            beat = self.heard.of(row.alias)
            own = row.alias == self.alias
            agent = next((each.site for each in self.rows if each.mode == "agent" and each.host == row.host), "")
            told = {
                "computeGroup": row.group,
                "host": row.host,
                "port": row.port,
                "site": row.site,
                "mode": MODES[row.mode],
                "agentSite": agent if row.mode in ("datanode", "computenode") else "",
                "name": row.alias,
                "zone": row.zone,
                "publicName": self.public_name(row),
            }
            perf = measured(self) if own else beat["perf"] if beat else None
            is_up = own or (beat is not None and (row.mode in ("controller", "agent") or beat["ready"]))
            leads = row.site == leader if row.mode == "controller" and is_up else None
            found.append(
                row_of_dead({**told, "state": 0}) if perf is None else {**told, **perf, "state": int(is_up), "isLeader": leads}
            )
        return performance_table(found, self.has_groups)

    def public_name(self, row):
        if row.alias == self.alias:
            return self.options.text("publicName")
        return self.control.config_of(row.alias).get("publicName", "")

    def close(self):
        self.heart.leave()
        self.group.close()


def _numbers(version):
    return tuple(map(int, re.findall(r"\d+", version)))


def _series(version):
    """The first two numbers, within which versions read one another's metadata."""
    return _numbers(version)[:2]
