"""Connections to the MetaDB."""

from contextlib import contextmanager

import pymysql

SECONDS = 3


def connect(settings, database=None, seconds=SECONDS):
    """@param settings anything with host, port, user and password"""
    return pymysql.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password,
        database=database,
        charset="utf8",
        autocommit=True,
        connect_timeout=SECONDS,
        read_timeout=seconds,
        write_timeout=seconds,
    )


@contextmanager
def rows(settings, database=None, seconds=SECONDS):
    """A cursor on a connection of its own."""
    connection = connect(settings, database, seconds)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def is_there(settings, database):
    with rows(settings) as cursor:
        statement = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
        return one(cursor, statement, (database,)) is not None


def one(cursor, statement, values=()):
    """The first column of the first row, or None."""
    cursor.execute(statement, values)
    row = cursor.fetchone()
    return None if row is None else row[0]
