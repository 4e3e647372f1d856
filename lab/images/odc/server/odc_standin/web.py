"""The HTTP interface: health, version, login, and files that stay on the node."""

import json
import os
import re
import shutil
import time
import uuid
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pymysql

from . import sessions

COOKIE = "JSESSIONID"
MAX_FORM = 64 * 1024
FILES = re.compile(r"/api/v2/objectstorage/files/([A-Za-z0-9][A-Za-z0-9._-]{0,99})")

LOGIN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>ODC stand-in</title></head>
<body><h1>ODC stand-in</h1>
<p>This is a stand-in for OceanBase Developer Center, for tests. It is not the vendor's software.</p>
<dl><dt>node</dt><dd id="node">{node}</dd><dt>version</dt><dd id="version">{version}</dd></dl>
<form method="post" action="/api/v2/iam/login">
<label>Account <input name="username" value="admin"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button></form></body></html>
"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "ODC-stand-in"
    sys_version = ""
    timeout = 120

    @property
    def settings(self):
        return self.server.settings

    def log_message(self, format, *args):
        self.server.log.info("%s %s", self.address_string(), format % args)

    def do_GET(self):
        self._answer(self._get)

    def do_POST(self):
        self._answer(self._post)

    def _answer(self, handle):
        self._body_left = int(self.headers.get("Content-Length") or 0)
        try:
            handle(self.path.split("?")[0])
        except pymysql.MySQLError as error:
            self.server.log.error("MetaDB: %s", error)
            self._json(500, {"error": "the MetaDB cannot be reached"})
        finally:
            # what nobody read of a request must not be taken for the next one
            if self._body_left > 0:
                self.close_connection = True

    def _get(self, path):
        if path == "/api/v1/heartbeat/isHealthy":
            self._json(200, {"data": True})
        elif path == "/api/v2/info":
            profiles = [self.settings.profile]
            self._json(200, {"data": {"version": self.settings.version, "profiles": profiles, "standIn": True}})
        elif path == "/login":
            page = LOGIN_PAGE.format(node=escape(self.settings.node), version=escape(self.settings.version))
            self._send(200, "text/html; charset=utf-8", page.encode())
        elif path in ("/", "/index.html"):
            self._send(302, "text/plain", b"", {"Location": "/login"})
        elif path == "/api/v2/iam/users/me":
            account = self._account()
            if account is not None:
                self._json(200, {"data": {"accountName": account}})
        elif FILES.fullmatch(path):
            self._download(FILES.fullmatch(path)[1])
        else:
            self._json(404, {"error": "not found"})

    def _post(self, path):
        if path == "/api/v2/iam/login":
            self._log_in()
        elif path == "/api/v2/iam/logout":
            session = self._session()
            if session is not None:
                sessions.log_out(self.settings, session)
            self._json(200, {"data": "ok"}, {"Set-Cookie": f"{COOKIE}=; Path=/; Max-Age=0"})
        elif FILES.fullmatch(path):
            self._upload(FILES.fullmatch(path)[1])
        else:
            self._json(404, {"error": "not found"})

    def _log_in(self):
        if self._body_left > MAX_FORM:
            self._json(413, {"error": "too long"})
            return
        body = self.rfile.read(self._body_left).decode("utf-8", "replace")
        self._body_left = 0
        form = parse_qs(body)
        session = sessions.log_in(self.settings, form.get("username", [""])[0], form.get("password", [""])[0])
        if session is None:
            self._json(401, {"error": "wrong account or password, or the account is not active"})
        else:
            self._json(200, {"data": "ok"}, {"Set-Cookie": f"{COOKIE}={session}; Path=/; HttpOnly"})

    def _session(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return None if cookie is None else cookie.value

    def _account(self):
        """The account of the request's session; answers 401 and returns None when there is none."""
        session = self._session()
        account = None if session is None else sessions.account_of(self.settings, session)
        if account is None:
            self._json(401, {"error": "log in first"})
        return account

    def _file(self, name):
        return os.path.join(self.settings.storage_directory, "files", name)

    def _upload(self, name):
        if self._account() is None:
            return
        path = self._file(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = f"{path}.{uuid.uuid4().hex}"
        with open(part, "wb") as file:
            while self._body_left > 0:
                data = self.rfile.read(min(self._body_left, 1 << 20))
                if not data:
                    os.unlink(part)
                    return
                self._body_left -= len(data)
                file.write(data)
        os.replace(part, path)
        self._json(200, {"data": {"name": name}})

    def _download(self, name):
        if self._account() is None:
            return
        try:
            file = open(self._file(name), "rb")
        except FileNotFoundError:
            self._json(404, {"error": f"no file {name} on this node"})
            return
        with file:
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            shutil.copyfileobj(file, self.wfile)

    def _json(self, status, value, headers=None):
        value = {**value, "server": self.settings.node, "successful": status < 400, "timestamp": time.time()}
        self._send(status, "application/json", json.dumps(value).encode(), headers)

    def _send(self, status, content_type, body, headers=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings, log):
        super().__init__(("", settings.port), Handler)
        self.settings = settings
        self.log = log
