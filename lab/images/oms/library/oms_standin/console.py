"""
oms_console: page, health, log-in, and a door to the API that knows passwords and nothing else. The addresses below /standin are the
stand-in's own: nobody documents the vendor's.
"""

import base64
import binascii
import os
from html import escape
from urllib.parse import urlsplit

import pymysql

from . import component_files, health, metadb, pages, passwords, users
from .answers import envelope, failure
from .web import Handler, Server, open_log, run

STATUS = {"PASSWORD_RULE": 400, "PASSWORD_IS_SET": 409, "WRONG_PASSWORD": 401, "PASSWORD_MUST_BE_CHANGED": 403}
MESSAGES = {
    "PASSWORD_RULE": f"The password needs {passwords.RULE}.",
    "PASSWORD_IS_SET": "The password is set already.",
    "WRONG_PASSWORD": "User or password is wrong.",
    "PASSWORD_MUST_BE_CHANGED": "The password must be changed first.",
}


class ConsoleHandler(Handler):
    def do_GET(self):
        self._answer({"/oms/health": self._health, "/": self._page, "/index.html": self._page, "/api/v2": self._api})

    def do_POST(self):
        self._answer({"/standin/password": self._password, "/standin/login": self._log_in, "/api/v2": self._api})

    def _answer(self, routes):
        self.form = self.body() if self.command == "POST" else {}
        try:
            routes.get(urlsplit(self.path).path, self.nothing_here)()
        except pymysql.MySQLError as error:
            self.server.log.error("MetaDB: %s", error)
            self.send_json(500, failure("SERVER_INTERNAL_ERROR", "server internal error"))

    def _rows(self):
        return metadb.rows(self.server.settings, self.server.settings.database)

    def _health(self):
        problem = health.problem(self.server.settings)
        self.server.note(problem)
        if problem is None:
            self.send_json(200, envelope({"healthy": True}))
        else:
            self.send_json(503, failure("UNHEALTHY", problem, {"healthy": False}))

    def _page(self):
        settings = self.server.settings
        with self._rows() as rows:
            password = "not set: whoever comes first sets it" if users.is_open(rows) else "set"
        values = {
            "version": settings.version,
            "node": os.environ.get("OMS_HOST_IP", ""),
            "region": settings.region,
            "password": password,
        }
        page = pages.PAGE.format(**{key: escape(value) for key, value in values.items()})
        self.send(200, "text/html; charset=utf-8", page)

    def _basic(self):
        """User and password of the header Authorization."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(value if kind == "Basic" else "").decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, password

    def _result(self, why_not):
        if why_not is None:
            self.send_json(200, envelope({"standIn": True}))
        else:
            self.send_json(STATUS[why_not], failure(why_not, MESSAGES[why_not]))

    def _password(self):
        with self._rows() as rows:
            new = str(self.form.get("password", ""))
            self._result(users.set_first(rows, self.server.settings.version, self._basic(), new))

    def _log_in(self):
        with self._rows() as rows:
            self._result(users.check(rows, str(self.form.get("user", "")), str(self.form.get("password", ""))))

    def _api(self):
        with self._rows() as rows:
            self._result(users.check(rows, *self._basic()))


class Console(Server):
    def __init__(self, settings, log):
        super().__init__(int(settings.listen), ConsoleHandler)
        self.settings, self.log, self._noted = settings, log, None

    def note(self, problem):
        """Into common-error.log, once."""
        if problem not in (None, self._noted):
            self.log.error("%s", problem)
        self._noted = problem


def main():
    settings = component_files.read(component_files.CONSOLE)
    settings.port = int(settings.port)
    log = open_log("/home/admin/logs/ghana/Ghana/common-error.log", "oms_console")
    console = Console(settings, log)
    console.note(health.problem(settings))
    log.info("listens on port %s", settings.listen)
    console.serve_forever()


run(main)
