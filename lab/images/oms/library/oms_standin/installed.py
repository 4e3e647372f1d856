"""Which version's schema a MetaDB has, and whether a version can work with it."""

import pymysql

from .versions import edition, numbers

NO_SUCH_TABLE = 1146


def installed(rows):
    """The newest version in the table; None where there is none."""
    try:
        rows.execute("SELECT `version` FROM oms_version")
    except pymysql.MySQLError as error:
        if error.args[0] == NO_SUCH_TABLE:
            return None
        raise
    return max((row[0] for row in rows.fetchall()), key=numbers, default=None)


def mismatch(found, version):
    """Why the schema of version `found` is not that of `version`; None where it is."""
    if found is not None and numbers(found) == numbers(version):
        return None
    return f"MetaDB schema mismatch: the MetaDB has the schema of {found or 'no version'}, this is {edition(version)}"
