"""The program dolphindb, as a stand-in."""

import importlib
import os
import sys

from .log import Log
from .options import ConfigError, Options, command_line

# each loads what it needs alone: a host has several
NODES = {
    "controller": ("controller", "Controller"),
    "agent": ("agent", "Agent"),
    "datanode": ("worker", "Worker"),
    "computenode": ("worker", "Worker"),
}
DEFAULT_VERSION = "3.00.4.3"


def server_directory():
    """Where the program is; in a checkout the variable tells it."""
    return os.environ.get("DOLPHINDB_STANDIN_SERVER") or os.path.dirname(os.path.abspath(os.readlink("/proc/self/exe")))


def version_of(server):
    try:
        with open(os.path.join(server, "standin", "VERSION"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return DEFAULT_VERSION


def main(arguments):
    server = server_directory()
    log, given = Log(), {}
    try:
        given = command_line(arguments)
        log = Log(given.get("logFile"))
        options = Options(arguments)
        if options.mode not in NODES:
            raise ConfigError(f"the stand-in has no mode [{options.mode}]")
        module, name = NODES[options.mode]
        node = getattr(importlib.import_module(f".{module}", __package__), name)(options, version_of(server), server)
        node.start()
    except ConfigError as error:
        log.error(str(error))
        if "logFile" in given:
            print(f"dolphindb (stand-in): {error}", file=sys.stderr, flush=True)
        # threads may run already
        os._exit(1)
    node.run()


if __name__ == "__main__":
    main(sys.argv[1:])
