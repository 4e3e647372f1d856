"""The one TCP port of a node: what a connection begins with tells who speaks."""

import socket
import threading


class Port:
    """Listens, and hands each connection to the protocol whose first bytes it begins with."""

    def __init__(self, host, port, log):
        self._log = log
        self._protocols = []
        self._open = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("0.0.0.0", port))
        self.host, self.number = host, port

    def add(self, beginnings, serve):
        """`serve` gets the connection and a buffered file on it."""
        self._protocols.append((beginnings, serve))

    @property
    def connections(self):
        return len(self._open)

    def listen(self):
        self._socket.listen(256)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(connection)
        file = connection.makefile("rb")
        try:
            # beginnings are at least four bytes long, and differ in them
            beginning = b""
            while len(beginning) < 4:
                more = connection.recv(4, socket.MSG_PEEK | socket.MSG_WAITALL)
                if more in (b"", beginning):
                    return
                beginning = more
            serve = next((serve for names, serve in self._protocols if beginning in names), None)
            if serve is None:
                self._log.warning(f"connection with unknown beginning {beginning!r} closed")
            else:
                serve(connection, file)
        except (OSError, EOFError, ValueError) as error:
            self._log.info(f"connection closed: {error}")
        finally:
            self._open.discard(connection)
            for each in (file, connection):
                try:
                    each.close()
                except OSError:
                    pass

    def close(self):
        """Ends all connections, as the end of the process would."""
        for each in (self._socket, *list(self._open)):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
