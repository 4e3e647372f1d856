"""
Locks among nodes: rows of the table DISTRIBUTED_LOCK. They protect less than they seem to: nobody renews a row while its owner
works, whoever has waited long enough takes an old one over, and nodes may have the same owner.
"""

import array
import fcntl
import hashlib
import socket
import struct
import time
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta

import pymysql

TABLE = """CREATE TABLE IF NOT EXISTS DISTRIBUTED_LOCK (
  LOCK_KEY CHAR(36) NOT NULL,
  REGION VARCHAR(100) NOT NULL,
  CLIENT_ID CHAR(36),
  CREATED_DATE DATETIME(6) NOT NULL,
  CONSTRAINT DISTRIBUTED_LOCK_PK PRIMARY KEY (LOCK_KEY, REGION))"""

LIFE_SECONDS = 60
PAUSE_SECONDS = 0.1
REGION = "DEFAULT"
SIOCGIFCONF = 0x8912
INTERFACE = struct.Struct("16s2xH4s16x")


def _interfaces():
    """IPv4 addresses in the order in which Java names them: the reverse of the kernel's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        room = array.array("B", bytes(INTERFACE.size * 256))
        address, length = room.buffer_info()
        answer = fcntl.ioctl(any_socket, SIOCGIFCONF, struct.pack("iP", length, address))
    used = struct.unpack("iP", answer)[0]
    return [socket.inet_ntoa(number) for _, _, number in INTERFACE.iter_unpack(room.tobytes()[:used])][::-1]


def local_address():
    """What the host's name leads to; where that is a loopback address, the first other one: a bridge of Docker as well."""
    try:
        own = socket.gethostbyname(socket.gethostname())
        if not own.startswith("127."):
            return own
    except OSError:
        pass
    return next((found for found in _interfaces() if not found.startswith("127.")), "127.0.0.1")


def _key(name):
    """Java's UUID.nameUUIDFromBytes."""
    return str(uuid.UUID(bytes=hashlib.md5(name.encode()).digest(), version=3))


class Locks:
    def __init__(self, pool, settings, log):
        self._pool = pool
        address = local_address()
        self._owner = f"{address}:{settings.port}"
        log.info("create odc lock repository..., localIpAddress=%s, listenPort=%d", address, settings.port)
        with pool.cursor() as rows:
            rows.execute(TABLE)

    def _acquire(self, key):
        now = datetime.now()
        with self._pool.cursor() as rows:
            dead = now - timedelta(seconds=LIFE_SECONDS)
            rows.execute(
                "DELETE FROM DISTRIBUTED_LOCK WHERE REGION = %s AND LOCK_KEY = %s AND CREATED_DATE < %s", (REGION, key, dead)
            )
            same = "UPDATE DISTRIBUTED_LOCK SET CREATED_DATE = %s WHERE REGION = %s AND LOCK_KEY = %s AND CLIENT_ID = %s"
            if rows.execute(same, (now, REGION, key, self._owner)) > 0:
                return True
            try:
                rows.execute(
                    "INSERT INTO DISTRIBUTED_LOCK (LOCK_KEY, REGION, CLIENT_ID, CREATED_DATE) VALUES (%s, %s, %s, %s)",
                    (key, REGION, self._owner, now),
                )
                return True
            except pymysql.IntegrityError:
                return False

    @contextmanager
    def held(self, name, wait_seconds):
        """@raises TimeoutError when another owner had it for all that time."""
        key = _key(name)
        end = time.monotonic() + wait_seconds
        while not self._acquire(key):
            if time.monotonic() > end:
                raise TimeoutError(name)
            time.sleep(PAUSE_SECONDS)
        try:
            yield
        finally:
            with self._pool.cursor() as rows:
                rows.execute(
                    "DELETE FROM DISTRIBUTED_LOCK WHERE REGION = %s AND LOCK_KEY = %s AND CLIENT_ID = %s",
                    (REGION, key, self._owner),
                )
