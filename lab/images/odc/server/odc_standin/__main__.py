"""Start-up: delay, MetaDB, web server. A refusal ends the process with status 1; supervisord starts it again."""

import logging
import os
import signal
import sys
import time

import pymysql

from .migration import migrate
from .settings import StartRefused, read_settings
from .web import Server


def open_log(directory):
    os.makedirs(directory, exist_ok=True)
    handlers = [logging.StreamHandler(sys.stdout), logging.FileHandler(os.path.join(directory, "odc.log"))]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(message)s", handlers=handlers)
    return logging.getLogger("odc")


def stop(_signal, _frame):
    sys.exit(0)


def main():
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    settings = read_settings(sys.argv[1:])
    log = open_log(settings.log_directory)
    log.info("stand-in for OceanBase Developer Center %s starting on node %s", settings.version, settings.node)
    time.sleep(settings.start_delay)
    try:
        migrate(settings, log)
    except pymysql.MySQLError as error:
        raise StartRefused(
            f"the MetaDB at {settings.database_host}:{settings.database_port} cannot be used as "
            f"{settings.database_user}: {error.args[-1]}"
        ) from error
    server = Server(settings, log)
    log.info("odc-server %s (stand-in) listens on port %d", settings.version, settings.port)
    server.serve_forever()


try:
    main()
except StartRefused as reason:
    message = f"FATAL ERROR! odc-server cannot start: {reason}"
    if logging.getLogger().hasHandlers():
        logging.getLogger("odc").error(message)
    print(message, file=sys.stderr)
    sys.exit(1)
