"""What all kinds of nodes are: a process with a site, a port, a licence and a log."""

import io
import os
import signal
import sys
import threading

from . import refusals, wire
from .binary_api import BinaryApi
from .calls import call_function
from .license_file import check_online, read_license
from .log import Log
from .options import ConfigError
from .peers import Peers
from .port import Port
from .sessions import Sessions, new_session
from .values import EngineError, NULL
from .web import Web

BANNER = "DolphinDB stand-in {version}: for tests, not the vendor's software"


class Node:
    def __init__(self, options, version, server):
        self.options, self.version, self.server = options, version, server
        self.mode = options.mode
        self.log = Log(options.values.get("logFile"))
        self.host, self.port_number, self.alias = options.site
        self.sessions = Sessions()
        self.is_ready = False
        self._ended = threading.Event()
        self.port = None
        self.license = None

    @property
    def site(self):
        return f"{self.host}:{self.port_number}:{self.alias}"

    @property
    def has_client_auth(self):
        return self.options.flag("enableClientAuth")

    @property
    def license_path(self):
        return os.path.join(self.server, "dolphindb.lic")

    def open(self):
        """Checks what every node checks, and binds its port."""
        self.log.info(BANNER.format(version=self.version))
        refusals.check_paths(self.options)
        try:
            self.license = read_license(self.license_path)
        except EngineError as error:
            raise ConfigError(str(error)) from None
        if self.license.days_left < 0:
            raise ConfigError(f"The license has expired. The expiration date is {self.license.expiration}.")
        try:
            self.port = Port(self.host, self.port_number, self.log)
        except OSError as error:
            raise ConfigError(f"Failed to bind the socket on port {self.port_number} with error code {error.errno}") from None
        web = Web(self, self.sessions)
        for protocol in (BinaryApi(self), web, Peers(self)):
            self.port.add(protocol.beginnings, protocol.serve)

    def update_license(self):
        """Reads the file again, by the engine's rules for a node that runs."""
        found = read_license(self.license_path)
        check_online(self.license, found)
        self.license = found

    def log_in(self, session, user, password):
        is_admin = self.verify(user, password)
        if is_admin is None:
            raise EngineError("The user name or password is incorrect.")
        session.log_in(user, is_admin)

    def verify(self, user, password):
        """Whether a user with that password is an administrator; None where there is none."""
        raise NotImplementedError

    def peer_call(self, name, arguments, user, is_admin):
        """A function for pnodeRun or rpc of another node's client."""
        session = new_session()
        session.log_in(user, is_admin)
        given = [wire.Reader(io.BytesIO(data)).value() for data in arguments]
        value = call_function(self, session, name, given, [])
        return wire.encode(NULL if value is None else value)

    def peer_stop(self):
        self.end("stopped by its agent")

    def end(self, reason):
        self.log.info(f"The node ends: {reason}")
        self._ended.set()

    def close(self):
        """What is to be done before the process ends."""

    def run(self):
        """Serves until the process is told to end."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, _: self.end(f"signal {number}"))
        self._ended.wait()
        self.close()
        self.port.close()
        self.log.info("The node ended.")
        sys.stderr.flush()
        # threads of connections may wait in the kernel
        os._exit(0)
