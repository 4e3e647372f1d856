"""The shapes of ODC's answers: an older one and a newer one, which differ by interface, not by the number in its path."""

import socket
import uuid
from datetime import datetime, timezone

STATUS = {200: "OK", 400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND"}

MESSAGES = {
    "AccessDenied": "Access denied.",
    "BadRequest": "Bad request. Details: {0}.",
    "InvalidCsrfToken": "Invalid CSRF token.",
    "LoginExpired": "The session expired. Please log in again.",
    "MissingCsrfToken": "Missing CSRF token.",
    "NotFound": "The {0} does not exist.",
    "UserNotActive": "The user is not activated. Please try again.",
    "UserWrongPasswordOrNotFound": "The user does not exist or incorrect password. Please try again.",
}


class Refusal(Exception):
    """The request gets an error as its answer."""

    def __init__(self, status, code, detail="", old=False):
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = MESSAGES[code].format(detail)
        self.old = old

    def body(self):
        if self.old:
            return {**result(False, 0), **_codes(self.code, self.message), "httpStatus": None}
        details = [{"code": self.code, "message": self.message, "target": None}]
        error = {"code": self.code, "details": details, "message": self.message}
        return {**_base(self.status, 0), "code": self.code, "error": error, "message": self.message, "successful": False}


def _codes(code, message):
    return {"code": code, "errCode": code, "errMsg": message, "message": message}


def _base(status, millis):
    return {
        "durationMillis": millis,
        "httpStatus": STATUS[status],
        "requestId": None,
        "server": socket.gethostname(),
        "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "traceId": uuid.uuid4().hex[:16],
    }


def result(data, millis):
    """Of health and information."""
    return {**_base(200, millis), **_codes(None, None), "data": data, "importantMsg": False}


def success(data, millis):
    """Of everything newer."""
    return {**_base(200, millis), "data": data, "successful": True}
