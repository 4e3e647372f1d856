"""Passwords of the console's users."""

import hashlib
import hmac
import os

# up to 4.2.0
DEFAULT = "aaAA11__"
SPECIAL = "~!@#%^&*_-+=|(){}[]:;,.?/"
RULE = f"at least two digits, two uppercase letters, two lowercase letters and two of {SPECIAL}"


def follows_rule(password):
    def count(kind):
        return sum(1 for character in password if kind(character))

    return min(count(str.isdecimal), count(str.isupper), count(str.islower), count(SPECIAL.__contains__)) >= 2


def _hash(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def hashed(password):
    salt = os.urandom(16)
    return f"{salt.hex()}:{_hash(password, salt).hex()}"


def is_right(password, stored):
    salt, wanted = (bytes.fromhex(part) for part in stored.split(":"))
    return hmac.compare_digest(wanted, _hash(password, salt))
