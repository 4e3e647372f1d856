"""Connections to the MetaDB, of which ODC holds many."""

import select
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pymysql

CONNECT_SECONDS = 10
RECONNECT_SECONDS = 1
# for a connection that is free
WAIT_SECONDS = 10
# a MetaDB that is frozen keeps requests waiting
ANSWER_SECONDS = 60
REFILL_SECONDS = 0.5
# the one that reads ODC's configuration, and the one that everything else uses
CONFIGURATION_POOL = 10
POOL = 100
# more at the first start, until the tables are there
FIRST_START = 3


def connect(settings, connect_seconds=CONNECT_SECONDS):
    return pymysql.connect(
        host=settings.database_host,
        port=settings.database_port,
        user=settings.database_user,
        password=settings.database_password,
        database=settings.database_name,
        charset="utf8mb4",
        # the server's default, which takes no question
        autocommit=None,
        connect_timeout=connect_seconds,
        read_timeout=ANSWER_SECONDS,
    )


class Pool:
    """Holds its connections from the start, whether they are used or not, and replaces those that broke."""

    def __init__(self, settings, log):
        self._settings = settings
        self._log = log
        self._idle = deque()
        self._held = 0
        self._wanted = 0
        # why there is none just now: then nobody waits for one
        self._lack = None
        self._changed = threading.Condition()
        threading.Thread(target=self._refill, daemon=True).start()

    def grow(self, count):
        """@raises pymysql.MySQLError when the MetaDB refuses one of them."""
        self._add(connect(self._settings))
        with ThreadPoolExecutor(8) as several:
            for connection in several.map(lambda _: connect(self._settings), range(count - 1)):
                self._add(connection)
        self._wanted += count

    def shrink(self, count):
        self._wanted -= count
        for _ in range(count):
            self._drop(self._take())

    @contextmanager
    def cursor(self):
        """A cursor on one of the connections. @raises pymysql.MySQLError when the MetaDB cannot be asked."""
        connection = self._take()
        try:
            with connection.cursor() as rows:
                yield rows
        except (pymysql.OperationalError, pymysql.InterfaceError):
            self._drop(connection)
            raise
        except BaseException:
            self._put(connection)
            raise
        self._put(connection)

    def _take(self):
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._idle or self._lack, WAIT_SECONDS):
                    raise pymysql.OperationalError(0, f"no connection was free for {WAIT_SECONDS} s")
                if not self._idle:
                    raise pymysql.OperationalError(*self._lack.args)
                connection = self._idle.pop()
            try:
                connection.ping(reconnect=False)
                return connection
            except (pymysql.MySQLError, OSError):
                self._drop(connection)

    def _put(self, connection):
        with self._changed:
            self._idle.append(connection)
            self._changed.notify()

    def _add(self, connection):
        with self._changed:
            self._held += 1
            self._lack = None
        self._put(connection)

    def _drop(self, connection):
        with self._changed:
            self._held -= 1
        try:
            connection._force_close()
        except OSError:
            pass

    def _refill(self):
        while True:
            time.sleep(REFILL_SECONDS)
            self._drop_closed()
            try:
                while self._held < self._wanted:
                    self._add(connect(self._settings, RECONNECT_SECONDS))
            except (pymysql.MySQLError, OSError) as error:
                self._log.warning("a connection to the MetaDB is lacking: %s", error)
                with self._changed:
                    self._lack = error
                    self._changed.notify_all()

    def _drop_closed(self):
        """A connection that nobody uses has something to read when the MetaDB has ended it."""
        for _ in range(len(self._idle)):
            with self._changed:
                if not self._idle:
                    return
                connection = self._idle.popleft()
            ready = select.poll()
            ready.register(connection._sock, select.POLLIN)
            if ready.poll(0):
                self._drop(connection)
            else:
                self._put(connection)
