"""Sessions of clients: who is logged in, and the variables of scripts. One request of a session runs at a time."""

import random
import threading
import time

from .values import EngineError

GUEST = "guest"
# what guests may run where clients have to log in
OPEN_TO_GUESTS = {
    "getNodeType",
    "getNodeAlias",
    "getControllerAlias",
    "version",
    "license",
    "loadClusterNodesConfigs",
    "getClusterPerf",
    "getConfig",
    "isClientAuth",
    "login",
    "authenticateByTicket",
    "getActiveMaster",
    "getCurrentSessionAndUser",
    "getDynamicPublicKey",
    "isNodeInitialized",
    "scramClientFirst",
    "scramClientFinal",
    "oauthLogin",
}
NOT_LOGGED_IN = "Login is required for script execution with client authentication enabled. RefId: S04009"
KEPT_SECONDS = 3600


class Session:
    def __init__(self, number):
        self.number = number
        self.user = GUEST
        self.is_admin = False
        self.variables = {}
        self.functions = {}
        self.used = time.monotonic()
        self.lock = threading.Lock()

    def log_in(self, user, is_admin):
        self.user, self.is_admin = user, is_admin

    def may_call(self, name, has_client_auth):
        if has_client_auth and self.user == GUEST and name not in OPEN_TO_GUESTS:
            raise EngineError(NOT_LOGGED_IN)


class Sessions:
    """Those of the JSON interface, which come back by their number; binary ones end with their connection."""

    def __init__(self):
        self._lock = threading.Lock()
        self._sessions = {}

    def find(self, number):
        """The session of that number, or a new one."""
        with self._lock:
            now = time.monotonic()
            for old in [key for key, each in self._sessions.items() if now - each.used > KEPT_SECONDS]:
                del self._sessions[old]
            session = self._sessions.get(number)
            if session is None:
                session = new_session()
                self._sessions[session.number] = session
            session.used = now
            return session


def new_session():
    return Session(str(random.randrange(10**8, 2**31)))
