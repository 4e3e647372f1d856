"""
Start-up: configuration, connections, migration, web server, in the order and with the pauses of ODC's own. A refusal ends the
process with status 1; supervisord starts it again.
"""

import logging
import os
import signal
import sys

import pymysql

from . import configuration, metadb, migration, rsa
from .lock import Locks
from .pace import CONNECTED, Pace
from .settings import StartRefused, read_settings, seconds
from .web import Server

PUBLIC_KEY = "odc.system.security.encryption-public-key"
SECRET_KEY = "odc.system.security.encryption-secret-key"


def open_log(directory):
    os.makedirs(directory, exist_ok=True)
    handlers = [logging.StreamHandler(sys.stdout), logging.FileHandler(os.path.join(directory, "odc.log"))]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(levelname)s] %(message)s", handlers=handlers)
    return logging.getLogger("odc")


def stop(number, _frame):
    """Ends at once, with the status of a program that a signal ended, as Java does."""
    logging.shutdown()
    os._exit(128 + number)


def keys_of(pool, locks):
    """The pair that all nodes share; the first node makes it."""
    with locks.held("ODC_ENCRYPTION_SECRET_LOCK_KEY", 5), pool.cursor() as rows:
        kept = [configuration.value_of(rows, key) for key in (PUBLIC_KEY, SECRET_KEY)]
        if None not in kept:
            return kept
        made = rsa.make_keys()
        for key, value in zip((PUBLIC_KEY, SECRET_KEY), made):
            configuration.put(rows, key, value)
        return made


def prepare(settings, pace, log):
    """Everything that the web server needs."""
    pool = metadb.Pool(settings, log)
    pace.until(CONNECTED)
    pool.grow(metadb.CONFIGURATION_POOL)
    with pool.cursor() as rows:
        pace.first = migration.is_empty(rows)
        in_force = configuration.read(rows, settings)
    first_start = metadb.FIRST_START if pace.first else 0
    pool.grow(metadb.POOL + first_start)
    locks = Locks(pool, settings, log)
    migration.migrate(pool, locks, settings, pace, log)
    pool.shrink(first_start)
    with pool.cursor() as rows:
        configuration.keep_arguments(rows, settings, log)
    session_seconds = seconds(in_force[configuration.SESSION_TIMEOUT])
    return pool, in_force, session_seconds, keys_of(pool, locks)


def main():
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    settings = read_settings(sys.argv[1:])
    log = open_log(settings.log_directory)
    log.info("stand-in for OceanBase Developer Center %s starting on node %s", settings.version, settings.node)
    pace = Pace(settings)
    try:
        parts = prepare(settings, pace, log)
    except pymysql.MySQLError as error:
        raise StartRefused(
            f"the MetaDB at {settings.database_host}:{settings.database_port} cannot be used as "
            f"{settings.database_user}: {error.args[-1]}"
        ) from error
    pace.until_ready()
    server = Server(settings, *parts, log)
    log.info("odc-server %s (stand-in) listens on port %d", settings.version, settings.port)
    server.serve_forever()


try:
    main()
except StartRefused as reason:
    message = f"FATAL ERROR! odc-server cannot start: {reason}"
    if logging.getLogger().hasHandlers():
        logging.getLogger("odc").error(message)
    print(message, file=sys.stderr)
    sys.stderr.flush()
    # threads of the pool may wait for a MetaDB that gives no answer
    os._exit(1)
