"""The JSON interface over HTTP, and one page that says what this is."""

import json

from .calls import call_function, run_script
from .json_form import object_of, value_of
from .sessions import GUEST
from .values import EngineError, text_of

NOT_LOGGED_IN = "Please login in first before executing any web API function."
LARGEST_BODY = 256 * 1024 * 1024


class Web:
    beginnings = (b"GET ", b"POST", b"HEAD", b"OPTI")

    def __init__(self, node, sessions):
        self._node = node
        self._sessions = sessions

    def serve(self, connection, file):
        while True:
            line = file.readline(65536).decode("latin-1")
            if line == "":
                return
            method, path = (line.split() + ["", ""])[:2]
            headers = {}
            while (header := file.readline(65536).decode("latin-1").strip()) != "":
                name, _, value = header.partition(":")
                headers[name.strip().lower()] = value.strip()
            size = int(headers.get("content-length", "0"))
            body = file.read(size) if 0 < size <= LARGEST_BODY else b""
            keeps = headers.get("connection", "").lower() != "close"
            if method == "POST":
                answer = ("200 OK", "application/json", json.dumps(self.answer(body, path)).encode())
            elif path == "/" or method in ("HEAD", "OPTIONS"):
                answer = ("200 OK", "text/html; charset=utf-8", self._page())
            else:
                answer = ("404 Not Found", "text/plain", b"not found\n")
            connection.sendall(_response(*answer, keeps, method == "HEAD"))
            if not keeps:
                return

    def answer(self, body, path):
        """The answer to a request of the JSON interface."""
        try:
            request = json.loads(body)
            number = str(request.get("sessionID") or path.strip("/") or "0")
            name, params = str(request["functionName"]), request.get("params") or []
        except (ValueError, KeyError, AttributeError):
            return _refusal("0", "Invalid request: no JSON object with functionName.")
        session = self._sessions.find(number)
        with session.lock:
            try:
                arguments = [value_of(param) for param in params]
                value = self._do(session, name, arguments)
            except (EngineError, KeyError, TypeError, ValueError) as error:
                return _refusal(session.number, str(error) if isinstance(error, EngineError) else f"Invalid request: {error!r}")
        objects = [] if value is None else [object_of(value)]
        return {"sessionID": session.number, "userId": session.user, "resultCode": "0", "msg": "", "object": objects}

    def _do(self, session, name, arguments):
        if self._node.options.flag("webLoginRequired") and session.user == GUEST and name != "login":
            raise EngineError(NOT_LOGGED_IN)
        if name == "executeCode":
            return run_script(self._node, session, text_of(arguments[0]) if arguments else "", [])
        return call_function(self._node, session, name, arguments, [])

    def _page(self):
        node = self._node
        text = (
            f"stand-in for the DolphinDB server {node.version}, for tests: not the vendor's software, and without its web console"
        )
        return f"<!doctype html><title>DolphinDB stand-in</title><p>{node.alias} ({node.options.mode}): {text}</p>\n".encode()


def _refusal(number, message):
    return {"sessionID": number, "userId": "", "resultCode": "1", "msg": message, "object": []}


def _response(status, type, body, keeps, is_head):
    head = (
        f"HTTP/1.1 {status}\r\nServer: DolphinDB-stand-in\r\nContent-Type: {type}\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'keep-alive' if keeps else 'close'}\r\n\r\n"
    )
    return head.encode() + (b"" if is_head else body)
