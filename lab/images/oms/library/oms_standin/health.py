"""Whether a console can work: with its MetaDB, whose schema is its own, and with the CM at cm_url."""

import socket
from urllib.parse import urlsplit

import pymysql

from . import metadb
from .installed import installed, mismatch

LIMIT_SECONDS = 2


def _metadb(settings):
    try:
        with metadb.rows(settings, settings.database) as rows:
            return mismatch(installed(rows), settings.version)
    except pymysql.MySQLError as error:
        return f"MetaDB: {error.args[-1]}"


def _cm(url):
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), LIMIT_SECONDS).close()
        return None
    except OSError as error:
        return f"CM at {url}: {error}"


def problem(settings):
    """What is wrong, or None."""
    return _metadb(settings) or _cm(settings.cm_url)
