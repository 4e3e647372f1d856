"""Connection to the MetaDB."""

from contextlib import closing, contextmanager

import pymysql

CONNECT_SECONDS = 10


def connect(settings):
    return pymysql.connect(
        host=settings.database_host,
        port=settings.database_port,
        user=settings.database_user,
        password=settings.database_password,
        database=settings.database_name,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    )


@contextmanager
def cursor(settings):
    """A cursor on a connection of its own, closed at the end."""
    with closing(connect(settings)) as connection, connection.cursor() as rows:
        yield rows
