"""The HTTP interface: health, version, log-in, and files that stay on the node; checks in the order of ODC's filters."""

import json
import time
import uuid
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pymysql

from . import configuration, cookies, files, pages, rsa
from .answers import Refusal, result, success
from .sessions import Sessions

MAX_FORM = 64 * 1024
ORGANIZATION = "1"
LOGIN = "/api/v2/iam/login"
LOGOUT = "/api/v2/iam/logout"
ORGANIZATIONS = "/api/v2/iam/users/me/organizations"
WITHOUT_TOKEN = (LOGIN, "/api/v1/user/create", "/api/v1/user/csrfToken", "/api/v2/bastion/login")


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
        self._answer(changes=False)

    def do_POST(self):
        self._answer(changes=True)

    def _answer(self, changes):
        self._began = time.monotonic()
        self._cookies = []
        self._body_left = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        try:
            if changes or not self._open_to_all(url.path):
                self._protected(url.path, parse_qs(url.query), changes)
        except Refusal as refusal:
            self._json(refusal.status, refusal.body())
        except pymysql.MySQLError as error:
            self.server.log.error("MetaDB: %s", error)
            self._json(400, Refusal(400, "BadRequest", "the MetaDB cannot be reached").body())
        finally:
            # what nobody read of a request must not be taken for the next one
            if self._body_left > 0:
                self.close_connection = True

    def _open_to_all(self, path):
        """What passes no filter. @returns whether this was it."""
        if path == "/api/v1/heartbeat/isHealthy":
            self._json(200, {**result(True, self._millis()), "httpStatus": None})
        elif path in ("/api/v1/info", "/api/v2/info"):
            info = {"version": self.settings.version, "profiles": [self.settings.profile, "jdbc"], "standIn": True}
            self._json(200, result(info, self._millis()))
        elif path == "/api/v2/encryption/publicKey":
            self._json(200, success(self.server.keys[0], self._millis()))
        elif path == "/login":
            page = pages.LOGIN.format(node=escape(self.settings.node), version=escape(self.settings.version))
            self._send(200, "text/html; charset=utf-8", page.encode())
        elif path == "/login.js":
            self._send(200, "text/javascript; charset=utf-8", pages.SCRIPT.encode())
        elif path in ("/", "/index.html"):
            self._redirect()
        else:
            return False
        return True

    def _protected(self, path, query, changes):
        received = cookies.received(self.headers.get("Cookie"))
        session = cookies.session_of(received.get(cookies.SESSION, ""))
        account = None if session is None else self.server.sessions.account_of(session)
        if path == LOGOUT:
            self._log_out(session)
            return
        if path == LOGIN and changes:
            self._log_in()
            return
        if session is not None and account is None:
            self._expired(path)
        if self.server.checks_tokens:
            self._check_token(received.get(cookies.CSRF), path, changes)
        if account is None:
            self._expired(path)
        self._check_organization(path, query)
        self._route(account, path, changes)

    def _route(self, account, path, changes):
        if path == "/api/v2/iam/users/me" and not changes:
            self._json(200, success({"accountName": account, "organizationId": int(ORGANIZATION)}, self._millis()))
        elif path == ORGANIZATIONS and not changes:
            team = {"id": int(ORGANIZATION), "type": "TEAM"}
            self._json(200, success({"contents": [team]}, self._millis()))
        elif path == "/api/v1/heartbeat" and changes:
            self._json(200, result(self._session_ids(), self._millis()))
        elif files.PATH.fullmatch(path) and changes:
            name = files.PATH.fullmatch(path)[1]
            self._body_left = files.keep(self.settings, name, self.rfile, self._body_left)
            if self._body_left == 0:
                self._json(200, success({"name": name}, self._millis()))
        elif files.PATH.fullmatch(path):
            files.send(self.settings, files.PATH.fullmatch(path)[1], self)
        else:
            raise Refusal(404, "NotFound", path)

    def _expired(self, path):
        if not path.startswith("/api/v"):
            self._redirect()
            return
        self._cookies.append(cookies.csrf_end(self._host()))
        raise Refusal(401, "LoginExpired", old=path.startswith("/api/v1"))

    def _check_token(self, token, path, changes):
        if token is None:
            self._cookies.append(cookies.csrf(str(uuid.uuid4()), self._host()))
        if changes and path not in WITHOUT_TOKEN and (token is None or self.headers.get("X-XSRF-TOKEN") != token):
            raise Refusal(400, "MissingCsrfToken" if token is None else "InvalidCsrfToken", old=True)

    def _check_organization(self, path, query):
        if path == ORGANIZATIONS or path.startswith("/api/v2/objectstorage/"):
            return
        wanted = query.get("currentOrganizationId", [self.headers.get("currentOrganizationId", "")])[0]
        if wanted == "":
            raise Refusal(403, "BadRequest", "please set currentOrganizationId parameter or header in request")
        if wanted != ORGANIZATION:
            raise Refusal(403, "AccessDenied")

    def _log_in(self):
        form = parse_qs(self._form())
        try:
            password = rsa.decrypt(self.server.keys[1], form.get("password", [""])[0])
        except ValueError as error:
            detail = "type=IllegalStateException, message=Unable to invoke Cipher due to bad padding"
            raise Refusal(400, "BadRequest", detail) from error
        session, problem = self.server.sessions.log_in(form.get("username", [""])[0], password)
        if session is None:
            raise Refusal(401, problem)
        self._cookies.append(cookies.session(session, self.server.secure_cookie))
        self._json(200, success("ok", self._millis()))

    def _log_out(self, session):
        if session is not None:
            self.server.sessions.log_out(session)
        self._cookies.append(cookies.session_end())
        self._json(200, success("ok", self._millis()))

    def _form(self):
        if self._body_left > MAX_FORM:
            raise Refusal(400, "BadRequest", "too long")
        body = self.rfile.read(self._body_left).decode("utf-8", "replace")
        self._body_left = 0
        return body

    def _session_ids(self):
        try:
            return json.loads(self._form())["sessionIds"]
        except (ValueError, TypeError, KeyError) as error:
            raise Refusal(400, "BadRequest", "sessionIds") from error

    def _host(self):
        """Name or address that the client asked for, without its port."""
        host = self.headers.get("X-Forwarded-Host") or self.headers.get("Host") or ""
        return host[: host.find("]") + 1] if host.startswith("[") else host.split(":")[0]

    def _millis(self):
        return int((time.monotonic() - self._began) * 1000)

    def _redirect(self):
        self.send_response(302)
        self.send_header("Location", "/login")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status, value):
        text = json.dumps(value, separators=(",", ":"), sort_keys=True)
        self._send(status, "application/json", text.encode())

    def _send(self, status, content_type, body):
        self.head(status, content_type, len(body))
        self.wfile.write(body)

    def head(self, status, content_type, size):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(size))
        for cookie in self._cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings, pool, in_force, session_seconds, keys, log):
        super().__init__(("", settings.port), Handler)
        self.settings = settings
        self.sessions = Sessions(pool, session_seconds)
        self.keys = keys
        self.checks_tokens = in_force[configuration.CSRF] != "false"
        self.secure_cookie = in_force[configuration.SECURE_COOKIE] == "true"
        self.log = log
