"""Tables of the three databases, and what later versions changed in them. Everything can be done again."""

from .versions import at_least

TIMES = "`gmt_created` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, `gmt_modified` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP"
ID = "`id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"

# of a project, the columns that the vendor's own check before an upgrade reads
PROJECT = f"{ID}, `project_name` VARCHAR(128) NOT NULL, `project_status` VARCHAR(32) NOT NULL, {TIMES}"

TABLES = {
    "rm": {
        "oms_version": "`version` VARCHAR(64) NOT NULL PRIMARY KEY, `gmt_modified` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP",
        "cluster_info": f"{ID}, `region` VARCHAR(64) NOT NULL, `region_cn` VARCHAR(64) NOT NULL, `cm_url` VARCHAR(256) NOT NULL,"
        " `code` INT NOT NULL, `is_default_cm` TINYINT NOT NULL, UNIQUE KEY `uk_code` (`code`)",
        "oms_normal_config": f"{ID}, `cfg_name` VARCHAR(128) NOT NULL, `cfg_value` TEXT, {TIMES}, UNIQUE KEY `uk_cfg_name` (`cfg_name`)",
        "oms_project": PROJECT,
        "oms_sync_project": PROJECT,
        "ocp_info": f"{ID}, `name` VARCHAR(128) NOT NULL, `url` VARCHAR(256) NOT NULL, {TIMES}",
        # nobody says where the vendor has them
        "standin_user": "`name` VARCHAR(64) NOT NULL PRIMARY KEY, `password` VARCHAR(256) NOT NULL, `must_change` TINYINT NOT NULL",
    },
    "cm": {
        "resource_group": f"{ID}, `name` VARCHAR(64) NOT NULL, {TIMES}, UNIQUE KEY `uk_name` (`name`)",
        "host": f"{ID}, `resource_group_id` BIGINT NOT NULL, `ip` VARCHAR(64) NOT NULL, `host_status` VARCHAR(32) NOT NULL,"
        f" {TIMES}, UNIQUE KEY `uk_ip` (`ip`)",
        # columns nobody says
        "location_cm": f"{ID}, `location` INT NOT NULL, `cm_url` VARCHAR(256) NOT NULL, {TIMES}, UNIQUE KEY `uk_location` (`location`)",
        "config_job": f"{ID}, `key` VARCHAR(128) NOT NULL, `value` VARCHAR(1024) NOT NULL, {TIMES}",
    },
    "cm_heartbeat": {
        "heart_beat": f"{ID}, `task_name` VARCHAR(128) NOT NULL, `task_type` VARCHAR(64) NOT NULL, `host_ip` VARCHAR(64) NOT NULL,"
        f" {TIMES}, UNIQUE KEY `uk_task` (`task_name`, `host_ip`)",
        # sic; one row a heart beat, which nobody deletes
        "heatbeat_sequence": f"{ID}, {TIMES}",
    },
}

# since version, database, table, new column, its definition
CHANGES = (
    ("4.2.10", "rm", "oms_project", "labels", "VARCHAR(1024) DEFAULT NULL"),
    ("4.2.11", "cm", "host", "zone", "VARCHAR(64) DEFAULT NULL"),
)


def create(rows, role):
    for table, columns in TABLES[role].items():
        rows.execute(f"CREATE TABLE IF NOT EXISTS `{table}` ({columns}) DEFAULT CHARSET = utf8mb4")


def change(rows, role, version):
    """What this version has beyond the oldest one."""
    for since, database, table, column, definition in CHANGES:
        if database != role or not at_least(version, since):
            continue
        found = rows.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            (table, column),
        )
        if not found:
            print(f"alter table {table} add column {column}")
            rows.execute(f"ALTER TABLE `{table}` ADD COLUMN `{column}` {definition}")
