"""ODC's configuration in the MetaDB. It is read before anything else, and what it says wins over the command line."""

import re

TABLE = """CREATE TABLE IF NOT EXISTS config_system_configuration (
  `id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `key` VARCHAR(256) NOT NULL,
  `value` VARCHAR(1024) DEFAULT NULL,
  `application` VARCHAR(64) NOT NULL DEFAULT 'odc',
  `profile` VARCHAR(64) NOT NULL DEFAULT 'default',
  `label` VARCHAR(64) NOT NULL DEFAULT 'master',
  `description` VARCHAR(1024) DEFAULT NULL,
  UNIQUE KEY `uk_system_configuration_key_label` (`application`, `profile`, `label`, `key`))"""

UPSERT = "INSERT INTO config_system_configuration (`key`, `value`) VALUES (%s, %s) ON DUPLICATE KEY UPDATE `value` = %s"
SEED = "INSERT INTO config_system_configuration (`key`, `value`) VALUES (%s, %s) ON DUPLICATE KEY UPDATE `id` = `id`"

CSRF = "odc.web.security.csrf.enabled"
SECURE_COOKIE = "server.servlet.session.cookie.secure"
SESSION_TIMEOUT = "server.servlet.session.timeout"
DEFAULTS = {CSRF: "true", SECURE_COOKIE: "false", SESSION_TIMEOUT: "8h"}


def persists(version):
    """Whether this version writes its extra arguments into the MetaDB."""
    return tuple(int(number) for number in re.findall(r"\d+", version)) >= (4, 3, 2)


def _seeds(version):
    return {CSRF: "true", **({SECURE_COOKIE: "false"} if persists(version) else {})}


def read(rows, settings):
    """What is in force for this start."""
    rows.execute(TABLE)
    rows.execute("SELECT `key`, `value` FROM config_system_configuration")
    found = dict(rows.fetchall())
    for key, value in _seeds(settings.version).items():
        if key not in found:
            rows.execute(SEED, (key, value))
            found[key] = value
    return {**DEFAULTS, **settings.options, **found}


def keep_arguments(rows, settings, log):
    """Nothing takes one out again, and this start has read its configuration already."""
    if not persists(settings.version):
        return
    for key, value in settings.extra_arguments.items():
        rows.execute(UPSERT, (key, value, value))
    log.info("System configurations are upserted successfully, size=%d", len(settings.extra_arguments))


def value_of(rows, key):
    rows.execute("SELECT `value` FROM config_system_configuration WHERE `key` = %s", (key,))
    row = rows.fetchone()
    return None if row is None else row[0]


def put(rows, key, value):
    rows.execute(SEED, (key, value))
