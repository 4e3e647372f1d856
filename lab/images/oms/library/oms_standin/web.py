"""What the HTTP interfaces of the services have in common."""

import json
import logging
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .configuration import Refused

MAX_BODY = 64 * 1024


def open_log(path, name):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handlers = [logging.StreamHandler(sys.stdout), logging.FileHandler(path)]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(message)s", handlers=handlers)
    log = logging.getLogger(name)
    log.info("%s of the stand-in for OceanBase Migration Service", name)
    return log


def run(main):
    """Runs a service. What cannot work is said in one line; supervisord sees the status."""
    try:
        main()
    except Refused as refused:
        sys.exit(f"ERROR {refused}")
    except OSError as error:
        sys.exit(f"ERROR {error}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "OMS-stand-in"
    sys_version = ""
    timeout = 60

    def log_message(self, format, *args):
        pass

    def body(self):
        """The JSON object of a request, or an empty one."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > MAX_BODY:
            self.close_connection = True
            return {}
        try:
            value = json.loads(self.rfile.read(size) or "{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def send_json(self, status, value):
        self.send(status, "application/json", json.dumps(value, separators=(",", ":"), ensure_ascii=False))

    def send(self, status, content_type, text, headers=()):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def nothing_here(self):
        self.send(404, "text/plain", "stand-in for OceanBase Migration Service: nothing at this address\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, handler):
        super().__init__(("", port), handler)
