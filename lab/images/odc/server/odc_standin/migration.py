"""Brings the MetaDB to this version."""

import hashlib
import time

import pymysql

from . import admin
from .pace import LOCKING
from .scripts import ADMIN_SCRIPT, numbers, scripts_of
from .settings import StartRefused

LOCK = "ODC_METADB_MIGRATE"
WAIT_SECONDS = 60

HISTORY = """CREATE TABLE IF NOT EXISTS migrate_schema_history (
  `install_rank` BIGINT NOT NULL AUTO_INCREMENT,
  `version` VARCHAR(64) DEFAULT NULL,
  `description` VARCHAR(64) DEFAULT NULL,
  `type` VARCHAR(64) DEFAULT NULL,
  `script` VARCHAR(128) DEFAULT NULL,
  `checksum` VARCHAR(64) DEFAULT NULL,
  `installed_by` VARCHAR(64) NULL DEFAULT NULL,
  `installed_on` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `execution_millis` BIGINT NOT NULL DEFAULT 0,
  `success` BOOLEAN NOT NULL DEFAULT 0,
  PRIMARY KEY (`install_rank`))"""

RECORD = """INSERT INTO migrate_schema_history
  (version, description, type, script, checksum, installed_by, execution_millis, success)
  VALUES (%s, %s, %s, %s, %s, CURRENT_USER(), %s, %s)"""


def is_empty(rows):
    """Whether this is the first start with the MetaDB."""
    rows.execute("SHOW TABLES LIKE 'migrate_schema_history'")
    return rows.fetchone() is None


def migrate(pool, locks, settings, pace, log):
    """Raises StartRefused for a MetaDB of a later version, a bad admin password, a step that fails, and a lock that stays."""
    pace.until(LOCKING)
    log.info("try lock...")
    try:
        with locks.held(LOCK, WAIT_SECONDS):
            log.info("get lock success")
            with pool.cursor() as rows:
                _migrate(rows, settings, pace, log)
            log.info("migrate success")
    except TimeoutError as error:
        raise StartRefused(f"failed to start migrate due try lock timeout, {WAIT_SECONDS} seconds") from error


def _migrate(rows, settings, pace, log):
    rows.execute(HISTORY)
    rows.execute("SELECT version, script FROM migrate_schema_history WHERE success = 1")
    done = set(rows.fetchall())
    scripts = scripts_of(settings.version)
    latest = max((version for version, _ in done), key=numbers, default="0")
    if numbers(latest) > numbers(scripts[-1].version):
        raise StartRefused(
            "Software degrade is not allowed, please check your ODC version which should be greater than or equal to "
            + latest
        )
    for script in scripts:
        if (script.version, script.name) in done:
            continue
        if pace.first:
            pace.until(script.second)
        _run(rows, script, settings, log)


def _run(rows, script, settings, log):
    """Between what a script does and the record of it nothing protects from an end of the process."""
    began = time.monotonic()
    success = False
    try:
        log.info("migrate %s %s %s start...", script.kind, script.version, script.description)
        if script.name == ADMIN_SCRIPT:
            admin.activate(rows, settings.admin_password, log)
        for statement in script.statements:
            rows.execute(statement)
        success = True
    except pymysql.MySQLError as error:
        raise StartRefused(f"migrate {script.name} failed: {error.args[-1]}") from error
    finally:
        checksum = hashlib.sha1("".join(script.statements).encode()).hexdigest()
        millis = int((time.monotonic() - began) * 1000)
        rows.execute(
            RECORD, (script.version, script.description, script.kind, script.name, checksum, millis, int(success))
        )
        log.info("migrate %s %s %s done, result=%s", script.kind, script.version, script.description, success)
