"""
Carries what the Raft library says between controllers over the nodes' own ports, so that a controller has one port as the real one has.
A connection begins with `RAFT`, then the sender's site; each controller sends on connections that it made itself.
"""

import pickle
import queue
import socket
import struct
import threading
import time

from pysyncobj.pipe_notifier import PipeNotifier
from pysyncobj.transport import Transport

from .peers import CONNECT_SECONDS, receive, send

BEGINNING = b"RAFT"
RETRY_SECONDS = 0.5
SILENT_SECONDS = 5
WAITING = 4000


class _Link:
    """The way to one other controller."""

    def __init__(self, own, node, on_change):
        self._own, self.node, self._on_change = own, node, on_change
        self._messages = queue.Queue(WAITING)
        self.is_up = False
        self._is_over = False
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, data):
        if not self.is_up:
            return False
        try:
            self._messages.put_nowait(data)
            return True
        except queue.Full:
            return False

    def end(self):
        self._is_over = True

    def _run(self):
        while not self._is_over:
            try:
                self._talk()
            except OSError:
                pass
            if self.is_up:
                self.is_up = False
                self._on_change(self.node, False)
            time.sleep(RETRY_SECONDS)

    def _talk(self):
        host, port = self.node.id.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS) as connection:
            connection.settimeout(SILENT_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # a host that is gone without a word is noticed by what it does not acknowledge
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_SECONDS * 1000)
            connection.sendall(BEGINNING)
            send(connection, self._own)
            if connection.recv(2) != b"ok":
                return
            while not self._messages.empty():
                self._messages.get_nowait()
            self.is_up = True
            self._on_change(self.node, True)
            while not self._is_over:
                try:
                    data = self._messages.get(timeout=1)
                except queue.Empty:
                    continue
                connection.sendall(struct.pack("<I", len(data)) + data)


class PortTransport(Transport):
    """A transport of the library. All callbacks run in its own thread, as it expects."""

    beginnings = (BEGINNING,)
    ready = True

    def __init__(self, sync_object, self_node, other_nodes):
        super().__init__(sync_object, self_node, other_nodes)
        self._events = queue.Queue()
        self._bell = PipeNotifier(sync_object._poller, self._deliver)
        self._nodes = {node.id: node for node in other_nodes}
        self._links = {node.id: _Link(self_node.id, node, self._changed) for node in other_nodes}

    def tryGetReady(self):
        return None

    def waitReady(self):
        return None

    def serve(self, connection, file):
        """Takes what another controller sends."""
        file.read(len(BEGINNING))
        node = self._nodes.get(receive(file))
        if node is None:
            return
        connection.sendall(b"ok")
        while len(head := file.read(4)) == 4:
            size = struct.unpack("<I", head)[0]
            data = file.read(size)
            if len(data) < size:
                return
            self._tell(self._onMessageReceived, node, pickle.loads(data))

    def send(self, node, message):
        link = self._links.get(node.id)
        return link is not None and link.put(pickle.dumps(message, 4))

    def addNode(self, node):
        raise NotImplementedError("controllers do not change while a group runs")

    def dropNode(self, node):
        raise NotImplementedError("controllers do not change while a group runs")

    def destroy(self):
        for link in self._links.values():
            link.end()

    def _changed(self, node, is_up):
        self._tell(self._onNodeConnected if is_up else self._onNodeDisconnected, node)

    def _tell(self, callback, *arguments):
        self._events.put((callback, arguments))
        try:
            self._bell.notify()
        except BlockingIOError:
            pass  # it rings already

    def _deliver(self):
        while True:
            try:
                callback, arguments = self._events.get_nowait()
            except queue.Empty:
                return
            callback(*arguments)
