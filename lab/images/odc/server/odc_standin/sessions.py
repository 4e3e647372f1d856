"""HTTP sessions. They live in the MetaDB, so every node knows them."""

import hashlib
import secrets

from . import admin
from .metadb import cursor


def _hash(session):
    return hashlib.sha256(session.encode()).digest()


def log_in(settings, account, password):
    """Returns the id of a new session, or None when account or password is wrong."""
    with cursor(settings) as rows:
        if not admin.may_log_in(rows, account, password):
            return None
        session = secrets.token_urlsafe(24)
        rows.execute("DELETE FROM http_session WHERE expires_at < NOW()")
        rows.execute(
            "INSERT INTO http_session VALUES (%s, %s, NOW() + INTERVAL %s SECOND)",
            (_hash(session), account, settings.session_seconds),
        )
        return session


def account_of(settings, session):
    """The account that a session belongs to, or None."""
    with cursor(settings) as rows:
        rows.execute("SELECT account_name FROM http_session WHERE id_hash = %s AND expires_at >= NOW()", (_hash(session),))
        row = rows.fetchone()
        return None if row is None else row[0]


def log_out(settings, session):
    with cursor(settings) as rows:
        rows.execute("DELETE FROM http_session WHERE id_hash = %s", (_hash(session),))
