"""The account `admin`: its initial password is checked and taken over only while the account is inactive."""

import hashlib
import hmac
import os

from .settings import StartRefused

SPECIAL = "._+@#$%"
RULE = (
    "ODC_ADMIN_INITIAL_PASSWORD must have 8 to 32 characters, at least 2 digits, 2 upper-case letters, 2 lower-case letters "
    f"and 2 of {SPECIAL}, and no spaces"
)


def follows_rule(password):
    """The documented rule: every character is a digit, an ASCII letter or one of SPECIAL."""
    digits = sum("0" <= c <= "9" for c in password)
    upper = sum("A" <= c <= "Z" for c in password)
    lower = sum("a" <= c <= "z" for c in password)
    special = sum(c in SPECIAL for c in password)
    only_these = digits + upper + lower + special == len(password)
    return only_these and 8 <= len(password) <= 32 and min(digits, upper, lower, special) >= 2


def _hash(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def activate(rows, password, log):
    rows.execute("INSERT IGNORE INTO iam_user (account_name) VALUES ('admin')")
    rows.execute("SELECT is_active FROM iam_user WHERE account_name = 'admin'")
    if rows.fetchone()[0]:
        log.info("account admin is active, ODC_ADMIN_INITIAL_PASSWORD is ignored")
        return
    if password == "":
        log.warning("account admin stays inactive: ODC_ADMIN_INITIAL_PASSWORD is not set")
        return
    if not follows_rule(password):
        raise StartRefused(RULE)
    salt = os.urandom(16)
    rows.execute(
        "UPDATE iam_user SET is_active = 1, salt = %s, password_hash = %s WHERE account_name = 'admin'",
        (salt, _hash(password, salt)),
    )
    log.info("account admin is active now")


def may_log_in(rows, account, password):
    rows.execute("SELECT salt, password_hash FROM iam_user WHERE account_name = %s AND is_active = 1", (account,))
    row = rows.fetchone()
    return row is not None and hmac.compare_digest(row[1], _hash(password, row[0]))
