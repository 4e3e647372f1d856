"""The binary interface: `API <session> <length> / <options>`, then that many bytes, then packed arguments. `API2` is the same."""

from . import wire
from .calls import call_function, run_script
from .sessions import new_session
from .values import EngineError, NULL


class BinaryApi:
    beginnings = (b"API ", b"API2")

    def __init__(self, node):
        self._node = node

    def serve(self, connection, file):
        reader = wire.Reader(file)
        session = new_session()
        while True:
            head = file.readline(4096)
            if head == b"":
                return
            words = head.decode().split()
            if len(words) < 3 or not words[2].isdigit():
                raise ValueError(f"no request of the API: {head[:80]!r}")
            body = reader.exactly(int(words[2])).decode()
            with session.lock:
                connection.sendall(self._answer(session, body, reader))

    def _answer(self, session, body, reader):
        printed = []
        try:
            value = self._do(session, body, reader, printed)
            answer = (
                f"{session.number} 0 1\nOK\n".encode()
                if value is None
                else f"{session.number} 1 1\nOK\n".encode() + wire.encode(value)
            )
        except EngineError as error:
            answer = f"{session.number} 0 1\n{' '.join(str(error).split())}\n".encode()
        messages = b"".join(b"MSG\n" + text.encode() + b"\0" for text in printed)
        return messages + answer

    def _do(self, session, body, reader, printed):
        kind, _, rest = body.partition("\n")
        lines = rest.split("\n")
        if kind == "connect":
            if lines[0] == "login":
                self._node.log_in(session, lines[1], lines[2])
            return None
        if kind == "script":
            return run_script(self._node, session, rest, printed)
        if kind == "function":
            arguments = [reader.value() for _ in range(int(lines[1]))]
            return call_function(self._node, session, lines[0], arguments, printed)
        if kind == "variable":
            names = lines[0].split(",")
            values = [reader.value() for _ in range(int(lines[1]))]
            session.variables.update(zip(names, values))
            return NULL
        raise EngineError(f"the stand-in does not know requests of kind {kind}")
