"""Brings the MetaDB to this version, one node at a time."""

from contextlib import closing

from . import admin
from .metadb import connect
from .settings import StartRefused

LOCK = "ODC_METADB_MIGRATE"
LOCK_SECONDS = 60

TABLES = [
    """CREATE TABLE IF NOT EXISTS migrate_schema_history (
         version VARCHAR(64) NOT NULL PRIMARY KEY,
         installed_by VARCHAR(128) NOT NULL,
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)""",
    """CREATE TABLE IF NOT EXISTS iam_user (
         account_name VARCHAR(64) NOT NULL PRIMARY KEY,
         is_active TINYINT(1) NOT NULL DEFAULT 0,
         salt VARBINARY(16), password_hash VARBINARY(64))""",
    """CREATE TABLE IF NOT EXISTS http_session (
         id_hash BINARY(32) NOT NULL PRIMARY KEY,
         account_name VARCHAR(64) NOT NULL,
         expires_at DATETIME NOT NULL)""",
]


def numbers(version):
    return tuple(int(part) for part in version.split("."))


def migrate(settings, log):
    """Raises StartRefused when another node keeps the lock, when the MetaDB is of a later version, or for a bad admin password."""
    with closing(connect(settings)) as connection, connection.cursor() as rows:
        log.info("waiting for the MetaDB lock %s, at most %d seconds", LOCK, LOCK_SECONDS)
        rows.execute("SELECT GET_LOCK(%s, %s)", (LOCK, LOCK_SECONDS))
        if rows.fetchone()[0] != 1:
            raise StartRefused(f"failed to get the MetaDB lock {LOCK} within {LOCK_SECONDS} seconds: another node is migrating")
        try:
            _migrate(rows, settings, log)
        finally:
            rows.execute("SELECT RELEASE_LOCK(%s)", (LOCK,))


def _migrate(rows, settings, log):
    for statement in TABLES:
        rows.execute(statement)
    rows.execute("SELECT version FROM migrate_schema_history")
    installed = sorted((row[0] for row in rows.fetchall()), key=numbers)
    if installed and numbers(installed[-1]) > numbers(settings.version):
        raise StartRefused(
            f"Software degrade is not allowed, current version={settings.version}, version in the MetaDB={installed[-1]}"
        )
    if settings.version not in installed:
        log.info("migrating the MetaDB from %s to %s", installed[-1] if installed else "empty", settings.version)
        rows.execute(
            "INSERT INTO migrate_schema_history (version, installed_by) VALUES (%s, %s)", (settings.version, settings.node)
        )
    admin.activate(rows, settings.admin_password, log)
