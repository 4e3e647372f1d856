"""The Raft group of controllers: pysyncobj elects and replicates."""

import gzip
import os
import pickle
import struct

from pysyncobj import SyncObj, SyncObjConf
from pysyncobj.node import Node

from .cluster_state import ClusterState
from .options import ConfigError
from .raft_transport import PortTransport
from .values import EngineError

NO_LEADER = "Current node is not the real leader, and no leader hint available, please retry on other node, groupId: 1"
NOT_READY = "The controller is not ready for service yet. Please try again later."
TICK_SECONDS = 0.01
DEFAULT_TICKS = 800
COMMIT_SECONDS = 20


class RaftGroup:
    """
    This controller's part of the group.
    @param own this controller's site, `host:port:alias`
    @param sites of all controllers
    """

    def __init__(self, directory, own, sites, election_ticks, log, on_change):
        self._log = log
        self._sites = {site.rsplit(":", 1)[0]: site for site in sites}
        self._own = own
        os.makedirs(directory, exist_ok=True)
        check_files(directory)
        self.state = ClusterState(on_change)
        least = election_ticks * TICK_SECONDS
        conf = SyncObjConf(
            raftMinTimeout=least,
            raftMaxTimeout=2 * least,
            appendEntriesPeriod=min(0.5, least / 4),
            leaderFallbackTimeout=2 * least,
            connectionTimeout=4 * least,
            autoTickPeriod=0.05,
            journalFile=os.path.join(directory, "raftWAL1"),
            fullDumpFile=os.path.join(directory, "raftSnapshot1"),
            useFork=False,
            logCompactionMinEntries=2000,
            commandsWaitLeader=False,
            onStateChanged=self._state_changed,
        )
        others = [Node(site) for site in self._sites if self._sites[site] != own]
        transports = []

        def transport(*arguments):
            transports.append(PortTransport(*arguments))
            return transports[0]

        self._raft = SyncObj(Node(own.rsplit(":", 1)[0]), others, conf, [self.state], nodeClass=Node, transportClass=transport)
        self.transport = transports[0]

    def _state_changed(self, _old, new):
        self._log.info(f"[Raft] group 1: this controller is {('follower', 'candidate', 'leader')[new]} now")

    @property
    def data(self):
        return self.state.data

    @property
    def is_leader(self):
        # one that is alone at last does not know it at once: it has to hear from a majority
        return self._raft._isLeader() and self._raft.hasQuorum

    @property
    def is_ready(self):
        """Whether all that was agreed on before this leader is known to it."""
        return self.is_leader and self._raft.isReady() and self.data["initialised"]

    @property
    def leader(self):
        """The leader's site, or None."""
        # the library keeps a leader in mind that it has no connection to any more
        if not self._raft.hasQuorum:
            return None
        if self._raft._isLeader():
            return self._own
        found = self._raft._getLeader()
        return None if found is None else self._sites.get(found.id)

    @property
    def term(self):
        return self._raft.raftCurrentTerm

    def require_leader(self):
        """@raise EngineError: this controller is not the leader, or not ready to be"""
        if not self.is_leader:
            leader = self.leader
            raise EngineError(f"<NotLeader>{leader}" if leader not in (None, self._own) else NO_LEADER)
        if not self.is_ready:
            raise EngineError(f"<ControllerNotReady>{NOT_READY}")

    def change(self, do, **arguments):
        """Has the group agree on a change, and waits until this controller has it."""
        self.require_leader()
        self.propose(do, **arguments)

    def propose(self, do, **arguments):
        try:
            self.state.change({"do": do, **arguments}, sync=True, timeout=COMMIT_SECONDS)
        except Exception as error:
            self._log.warning(f"[Raft] {do} was not agreed on: {error!r}")
            raise EngineError(NO_LEADER) from None

    def close(self):
        self._raft.destroy_synchronous()


def check_files(directory):
    """Refuses files of the group that are damaged; the words are the stand-in's."""
    journal, snapshot = (os.path.join(directory, name) for name in ("raftWAL1", "raftSnapshot1"))
    if os.path.exists(journal) and not _is_journal(journal):
        raise ConfigError(f"Failed to replay the raft log [{journal}]: the file is corrupted.")
    if os.path.exists(snapshot):
        try:
            with gzip.open(snapshot) as file:
                while file.read(1 << 20):
                    pass
        except (OSError, EOFError):
            raise ConfigError(f"Failed to load the raft snapshot [{snapshot}]: the file is corrupted.") from None


def _is_journal(path):
    """Whether the library's journal holds together: a header, then records one after the other, with their length before and after them."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:9] != b"PYSYNCOBJ" or len(data) < 40:
        return False
    at, end = 40, struct.unpack("<I", data[36:40])[0]
    before = None
    while at < end:
        if at + 8 > len(data):
            return False
        size = struct.unpack("<I", data[at : at + 4])[0]
        after = data[at + 4 + size : at + 8 + size]
        if len(after) < 4 or struct.unpack("<I", after)[0] != size:
            return False
        number = struct.unpack("<Q", data[at + 4 : at + 12])[0]
        if before not in (None, number - 1) or not _is_command(data[at + 20 : at + 4 + size]):
            return False
        before = number
        at += size + 8
    return at == end


def _is_command(data):
    """Whether a record's contents can be read: its kind, then, in most, what is to be done."""
    try:
        return len(data) == 1 or pickle.loads(data[1:]) is not None
    except Exception:
        return False
