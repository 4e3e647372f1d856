"""What nodes ask one another, on the port that clients use: `PEER`, then requests and answers with their length before them."""

import marshal
import socket
import struct
import threading

from .values import EngineError

BEGINNING = b"PEER"
CONNECT_SECONDS = 2


class Unreachable(EngineError):
    """No node answered."""


def send(connection, value):
    data = marshal.dumps(value)
    connection.sendall(struct.pack("<I", len(data)) + data)


def receive(file):
    """The next value; None at the end."""
    head = file.read(4)
    if len(head) < 4:
        return None
    size = struct.unpack("<I", head)[0]
    data = file.read(size)
    if len(data) < size:
        return None
    return marshal.loads(data)


class Peers:
    """Answers other nodes by methods of one object, of those that are named `peer_…`."""

    beginnings = (BEGINNING,)

    def __init__(self, node):
        self._node = node

    def serve(self, connection, file):
        file.read(len(BEGINNING))
        while (request := receive(file)) is not None:
            method, arguments = request
            try:
                answer = ("ok", getattr(self._node, f"peer_{method}")(**arguments))
            except EngineError as error:
                answer = ("refused", str(error))
            except Exception as error:
                self._node.log.error(f"a request of another node, {method}, failed: {error!r}")
                answer = ("refused", f"the stand-in failed: {error!r}")
            send(connection, answer)


class Line:
    """A connection to another node that stays open, and is made again when it broke."""

    def __init__(self, host, port):
        self._site = (host, port)
        self._lock = threading.Lock()
        self._connection = self._file = None

    def ask(self, method, seconds=10, /, **arguments):
        """What the node answers. @raise Unreachable: it did not."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connect(seconds)
                self._connection.settimeout(seconds)
                send(self._connection, (method, arguments))
                answer = receive(self._file)
                if answer is None:
                    raise ConnectionError("the connection was closed")
            except OSError as error:
                self.close()
                raise Unreachable(f"Failed to connect to {self._site[0]}:{self._site[1]}: {error}") from None
        if answer[0] == "refused":
            raise EngineError(answer[1])
        return answer[1]

    def _connect(self, seconds):
        self._connection = socket.create_connection(self._site, timeout=min(seconds, CONNECT_SECONDS))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._connection.makefile("rb")
        self._connection.sendall(BEGINNING)

    def close(self):
        for each in (self._file, self._connection):
            if each is not None:
                each.close()
        self._connection = self._file = None


def ask(host, port, method, seconds=10, /, **arguments):
    """What a node answers to a single request. @raise Unreachable: it did not."""
    line = Line(host, port)
    try:
        return line.ask(method, seconds, **arguments)
    finally:
        line.close()
