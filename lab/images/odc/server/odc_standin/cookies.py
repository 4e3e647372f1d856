"""ODC's two cookies."""

import base64
import binascii
from http.cookies import CookieError, SimpleCookie

from .answers import Refusal

SESSION = "JSESSIONID"
CSRF = "XSRF-TOKEN"


def received(header):
    """Values by name; a header that cannot be read has none."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header or "").items()}
    except CookieError:
        return {}


def session_of(value):
    """The session's id, which the cookie has in base64; None where it is none."""
    try:
        return base64.b64decode(value, validate=True).decode("ascii") or None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def session(identifier, secure):
    value = base64.b64encode(identifier.encode()).decode()
    return f"{SESSION}={value}; Path=/;{' Secure;' if secure else ''} HttpOnly; SameSite=Lax"


def session_end():
    return f"{SESSION}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"


def csrf(token, host):
    """For all hosts beside this one: its domain is the host's name less the first label, or an IPv4 address as it is."""
    return f"{CSRF}={token}; Domain={_domain(host)}; Path=/"


def csrf_end(host):
    return f"{CSRF}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain={_domain(host)}; Path=/"


def _domain(host):
    """@raises Refusal for an IPv6 address, which is no domain of a cookie."""
    if host.startswith("["):
        detail = f"type=IllegalArgumentException, message=An invalid domain [{host}] was specified for this cookie"
        raise Refusal(400, "BadRequest", detail)
    if all(part.isdigit() for part in host.split(".")):
        return host
    return host.replace(host.split(".")[0] + ".", "")
