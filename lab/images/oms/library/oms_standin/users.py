"""
The console's users. Up to 4.2.0 `admin` has a known password, which the first log-in changes; from 4.2.1 on whoever comes first sets
one for `admin` and `root`.
"""

from . import metadb, passwords
from .versions import at_least


def is_open(rows):
    """Whether the first visitor has yet to come."""
    return metadb.one(rows, "SELECT COUNT(*) FROM standin_user WHERE must_change = 0") == 0


def check(rows, name, password):
    """None when the user may come in, otherwise why not."""
    rows.execute("SELECT password, must_change FROM standin_user WHERE name = %s", (name,))
    row = rows.fetchone()
    if row is None or not passwords.is_right(password, row[0]):
        return "WRONG_PASSWORD"
    return "PASSWORD_MUST_BE_CHANGED" if row[1] else None


def set_first(rows, version, login, password):
    """@returns why not, or None"""
    if not passwords.follows_rule(password):
        return "PASSWORD_RULE"
    if not is_open(rows):
        return "PASSWORD_IS_SET"
    stored = passwords.hashed(password)
    if at_least(version, "4.2.1"):
        # one row after the other has its key: of two who come at once the second one fails
        rows.execute("INSERT INTO standin_user VALUES ('admin', %s, 0), ('root', %s, 0)", (stored, stored))
        return None
    if check(rows, *login) != "PASSWORD_MUST_BE_CHANGED":
        return "WRONG_PASSWORD"
    rows.execute("UPDATE standin_user SET password = %s, must_change = 0 WHERE name = 'admin'", (stored,))
    return None
