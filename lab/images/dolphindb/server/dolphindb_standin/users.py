"""Users and their passwords."""

import hashlib
import secrets

BUILT_IN_USER, BUILT_IN_PASSWORD = "admin", "123456"


def hashed(password, salt=None):
    salt = secrets.token_hex(8) if salt is None else salt
    return [salt, hashlib.sha256((salt + password).encode()).hexdigest()]


def verified(users, user, password):
    """Whether a user with that password is an administrator; None where there is none."""
    found = users.get(user)
    if found is None or hashed(password, found["hash"][0]) != list(found["hash"]):
        return None
    return bool(found["admin"])
