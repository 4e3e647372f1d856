"""A data or compute node."""

import os
import threading
import time

from . import refusals
from .chunk_store import ChunkStore
from .dfs import Dfs
from .heartbeats import Heart
from .node import Node
from .peers import ask
from .users import verified
from .values import EngineError

READY = "Job scheduler initialization completed."
WAIT_SECONDS = 30
PASSING = ("<NotLeader>", "<ControllerNotReady>", "no leader hint available", "Failed to connect to", "closed the connection")
NOT_READY = "The controller is not ready for service yet. Please try again later."


class Worker(Node):
    def start(self):
        self.started = time.monotonic()
        refusals.check_worker(self.options, self.version)
        self.open()
        self.store = ChunkStore(self.volumes, self.chunk_meta_directory) if self.mode == "datanode" else None
        self.dfs = Dfs(self)
        self.heart = Heart(self, self.options.text("sites").split(","))
        self.port.listen()
        self.heart.start()
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self):
        """The node is there when a controller knows it."""
        while self.heart.last_answer is None:
            time.sleep(0.1)
        self.is_ready = True
        self.log.info(READY)

    @property
    def volumes(self):
        given = self.options.text("volumes") or os.path.join(self.options.home, "storage")
        return [path.strip() for path in given.split(",")]

    @property
    def chunk_meta_directory(self):
        return self.options.text("chunkMetaDir") or os.path.join(self.volumes[0], "CHUNK_METADATA")

    def told(self):
        return {} if self.store is None else {"reports": self.store.changes}

    def ask_leader(self, method, seconds=WAIT_SECONDS, /, **arguments):
        """What the leader answers. While there is none the node waits, for longer than an election takes by default."""
        end = time.monotonic() + seconds
        while True:
            leader = self.heart.leader
            try:
                if leader is None:
                    raise EngineError(f"<ControllerNotReady>{NOT_READY}")
                host, port, _ = leader.split(":")
                return ask(host, int(port), method, 30, **arguments)
            except EngineError as error:
                if time.monotonic() > end or not any(word in str(error) for word in PASSING):
                    raise
            time.sleep(0.2)

    def verify(self, user, password):
        try:
            return self.ask_leader("verify", 0, user=user, password=password)
        except EngineError:
            pass
        answer = self.heart.last_answer
        return None if answer is None else verified(answer["users"], user, password)

    # what other nodes ask

    def peer_chunk_report(self):
        return self.store.report()

    def peer_write_chunk(self, id, file, transaction, columns):
        self.store.write(id, file, transaction, columns)

    def peer_read_chunk(self, id, transactions, names):
        return self.store.read(id, transactions, names)

    def peer_count_chunk(self, id, transactions):
        return self.store.count(id, transactions)

    def peer_fetch_chunk(self, id, file, transactions, host, port):
        """Copies what is missing of a chunk from another data node."""
        for transaction in self.store.missing(id, transactions):
            columns = ask(host, port, "read_chunk", 60, id=id, transactions=[transaction], names=None)
            self.store.write(id, file, transaction, columns)

    def peer_drop_chunks(self, ids):
        self.store.drop(ids)

    def close(self):
        self.heart.leave()
