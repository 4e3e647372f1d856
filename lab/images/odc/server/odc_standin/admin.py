"""The account `admin`: one step of the first migration checks its initial password and takes it over."""

import hashlib
import hmac
import os

from .settings import StartRefused

SPECIAL = "~!@#%^&*_-+=|(){}[]:;,.?/$`'\"<>\\"
RULE = (
    "Invalid password. The password should be 8 to 32 characters in length, and must include at least three of the following types: "
    "numbers, uppercase letters, lowercase letters, and special characters. It cannot contain spaces."
)


def _kind(character):
    """Letters and digits of any script count, as they do in Java."""
    if character.isdecimal():
        return "digit"
    if character.islower():
        return "lower"
    if character.isupper():
        return "upper"
    return "special" if character in SPECIAL else None


def follows_rule(password):
    kinds = {_kind(character) for character in password}
    return 8 <= len(password) <= 32 and None not in kinds and len(kinds) >= 3


def _hash(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def activate(rows, password, log):
    rows.execute("SELECT is_active FROM iam_user WHERE account_name = 'admin'")
    if rows.fetchone()[0]:
        log.info("Account 'admin' was active already, skip initial password")
        return
    if password.strip() == "":
        log.info("Environment variable 'ODC_ADMIN_INITIAL_PASSWORD' not set, skip initial password")
        return
    if not follows_rule(password):
        log.warning("Invalid initial password!  %s", RULE)
        raise StartRefused("Please correct value of environment variable 'ODC_ADMIN_INITIAL_PASSWORD', try start ODC Server again.")
    salt = os.urandom(16)
    rows.execute(
        "UPDATE iam_user SET is_active = 1, password = %s WHERE account_name = 'admin' AND is_active = 0",
        (f"{salt.hex()}:{_hash(password, salt).hex()}",),
    )
    log.info("Initial admin password, update=1")


def check_password(rows, account, password):
    """None when the account may log in, otherwise ODC's code for why not."""
    rows.execute("SELECT password, is_active FROM iam_user WHERE account_name = %s", (account,))
    row = rows.fetchone()
    if row is not None and not row[1]:
        return "UserNotActive"
    if row is None or row[0] is None:
        return "UserWrongPasswordOrNotFound"
    salt, stored = (bytes.fromhex(part) for part in row[0].split(":"))
    return None if hmac.compare_digest(stored, _hash(password, salt)) else "UserWrongPasswordOrNotFound"
