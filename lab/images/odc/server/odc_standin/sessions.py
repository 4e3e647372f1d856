"""HTTP sessions. They live in the MetaDB, so every node knows them; each request makes one live longer."""

import time
import uuid

from . import admin


def _now():
    return int(time.time() * 1000)


class Sessions:
    def __init__(self, pool, seconds):
        self._pool = pool
        self._seconds = seconds

    def log_in(self, account, password):
        """The id of a new session and None, or None and the code that says why not."""
        with self._pool.cursor() as rows:
            problem = admin.check_password(rows, account, password)
            if problem is not None:
                return None, problem
            session, now = str(uuid.uuid4()), _now()
            rows.execute("DELETE FROM spring_session WHERE EXPIRY_TIME < %s", (now,))
            rows.execute(
                "INSERT INTO spring_session (PRIMARY_ID, SESSION_ID, CREATION_TIME, LAST_ACCESS_TIME, MAX_INACTIVE_INTERVAL,"
                " EXPIRY_TIME, PRINCIPAL_NAME) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (str(uuid.uuid4()), session, now, now, self._seconds, now + self._seconds * 1000, account),
            )
            return session, None

    def account_of(self, session):
        """The account that a session belongs to, or None."""
        with self._pool.cursor() as rows:
            now = _now()
            rows.execute(
                "SELECT PRINCIPAL_NAME FROM spring_session WHERE SESSION_ID = %s AND EXPIRY_TIME >= %s", (session, now)
            )
            row = rows.fetchone()
            if row is None:
                return None
            rows.execute(
                "UPDATE spring_session SET LAST_ACCESS_TIME = %s, EXPIRY_TIME = %s WHERE SESSION_ID = %s",
                (now, now + self._seconds * 1000, session),
            )
            return row[0]

    def log_out(self, session):
        with self._pool.cursor() as rows:
            rows.execute("DELETE FROM spring_session WHERE SESSION_ID = %s", (session,))
