"""Databases, tables and first rows of a MetaDB, and their change to a later version: step 2 of docker_init.sh."""

import json

from . import metadb, passwords, schema, switches
from .configuration import Refused
from .installed import installed, mismatch
from .versions import at_least, edition, numbers

HA_CONFIG = {
    "enable": False,
    "enableHost": False,
    "enableStore": True,
    "enableConnector": True,
    "enableJdbcWriter": True,
    "perceiveStoreClientCheckpoint": False,
    "subtopicStoreNumberThreshold": 5,
    "checkRequestIntervalSec": 600,
    "checkJdbcWriterIntervalSec": 600,
    "checkHostDownIntervalSec": 540,
    "checkModuleExceptionIntervalSec": 240,
    "clearAbnormalResourceHours": 72,
    "refetchStoreIntervalMin": 30,
}
# Tables of a MetaDB take their time.
SECONDS = 60


def _show(config, database):
    """The vendor's prints its connection's settings, with the password."""
    settings = {
        "username": config.user,
        "database": database,
        "host": config.host,
        "password_original": config.password,
        "drivername": "mysql+pymysql",
        "query": {"charset": "utf8"},
        "port": config.port,
    }
    print(f"query {{'charset': 'utf8'}} {settings}", flush=True)


def _make(config, database):
    _show(config, database)
    if not metadb.is_there(config, database):
        with metadb.rows(config, seconds=SECONDS) as rows:
            rows.execute(f"CREATE DATABASE IF NOT EXISTS `{database}` DEFAULT CHARACTER SET utf8mb4")
        print(f"create database {database}")


def _refuse(found, version, upgrades):
    if upgrades and found is None:
        raise Refused("IS_UPGRADE=true, but the MetaDB has no OMS that could be upgraded")
    if found is not None and numbers(found) > numbers(version):
        raise Refused(f"{mismatch(found, version)}; a later version cannot be taken back")
    if found is not None and numbers(found) < numbers(version) and not upgrades:
        raise Refused(f"{mismatch(found, version)}; the container of an upgrade needs IS_UPGRADE=true")


def _fill_rm(rows, version):
    ha_config = json.dumps(HA_CONFIG, separators=(",", ":"))
    rows.execute("INSERT IGNORE INTO oms_normal_config (cfg_name, cfg_value) VALUES ('ha.config', %s)", (ha_config,))
    if not at_least(version, "4.2.1"):
        rows.execute("INSERT IGNORE INTO standin_user VALUES ('admin', %s, 1)", (passwords.hashed(passwords.DEFAULT),))


def _fill_cm(rows, location):
    key = "sourceFile.blackRegionNo"
    if metadb.one(rows, "SELECT 1 FROM config_job WHERE `key` = %s AND `value` = %s", (key, str(location))) is None:
        rows.execute("INSERT INTO config_job (`key`, `value`) VALUES (%s, %s)", (key, str(location)))


def initialise(config, version, upgrades):
    print("no drop task\n")
    rm = config.databases["rm"]
    _make(config, rm)
    with metadb.rows(config, rm) as rows:
        found = installed(rows)
    _refuse(found, version, upgrades)
    if switches.value("ERROR_1235") == "1":
        print("ERROR 1235 (0A000): Modify large text/lob column not supported", flush=True)
    if switches.value("ERROR_OTHER") == "1":
        print("ERROR 1060 (42S21): Duplicate column name 'gmt_created'", flush=True)
    for role, database in config.databases.items():
        if role == "cm":
            switches.pause("2.5")
        if role != "rm":
            _make(config, database)
        with metadb.rows(config, database, SECONDS) as rows:
            schema.create(rows, role)
            schema.change(rows, role, version)
            if role == "rm":
                _fill_rm(rows, version)
            elif role == "cm":
                _fill_cm(rows, config.location)
    # last of all: what was killed before counts as not done
    with metadb.rows(config, rm) as rows:
        rows.execute("INSERT IGNORE INTO oms_version (`version`) VALUES (%s)", (edition(version),))
    print(f"MetaDB has the schema of {edition(version)}")
