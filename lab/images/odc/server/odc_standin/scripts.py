"""
What brings the MetaDB to a version: a few of ODC's own scripts, under their names and with a small part of their contents.
As theirs, most cannot be run a second time.
"""

from dataclasses import dataclass
from typing import Sequence

ADMIN_SCRIPT = "com.oceanbase.odc.migrate.jdbc.web.V4131InitialPasswordMigrate"


@dataclass(frozen=True)
class Script:
    version: str
    name: str
    # when it runs in the real one's first start
    second: int
    statements: Sequence[str] = ()

    @property
    def kind(self):
        return "JDBC" if self.name == ADMIN_SCRIPT else "RESOURCE" if self.name.endswith(".yaml") else "SQL"

    @property
    def description(self):
        return "initial admin password" if self.kind == "JDBC" else self.name.split("__")[1].split(".")[0].replace("_", " ")


SCRIPTS = [
    Script(
        "3.2.0",
        "V_3_2_0__enterprise_console_schema.sql",
        41,
        [
            """CREATE TABLE IF NOT EXISTS iam_user (
                 id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
                 account_name VARCHAR(64) NOT NULL,
                 name VARCHAR(64) NOT NULL,
                 password VARCHAR(256) DEFAULT NULL,
                 is_active TINYINT(1) NOT NULL DEFAULT 0,
                 organization_id BIGINT NOT NULL DEFAULT 1,
                 create_time DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
                 UNIQUE KEY uk_iam_user_organization_id_account_name (organization_id, account_name))""",
            "CREATE TABLE IF NOT EXISTS regulation_riskdetect_rule (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)",
        ],
    ),
    Script(
        "3.2.0.9",
        "V_3_2_0_9__iam_user.yaml",
        44,
        ["INSERT INTO iam_user (account_name, name) VALUES ('admin', 'admin') ON DUPLICATE KEY UPDATE name = name"],
    ),
    Script(
        "3.3.2.1",
        "V_3_3_2_1__alter_connection_user.sql",
        46,
        ["ALTER TABLE iam_user ADD COLUMN `type` VARCHAR(16) NOT NULL DEFAULT 'USER'"],
    ),
    Script(
        "3.4.0.11",
        "V_3_4_0_11__add_spring_session.sql",
        47,
        [
            """CREATE TABLE IF NOT EXISTS spring_session (
                 PRIMARY_ID CHAR(36) NOT NULL,
                 SESSION_ID CHAR(36) NOT NULL,
                 CREATION_TIME BIGINT NOT NULL,
                 LAST_ACCESS_TIME BIGINT NOT NULL,
                 MAX_INACTIVE_INTERVAL INT NOT NULL,
                 EXPIRY_TIME BIGINT NOT NULL,
                 PRINCIPAL_NAME VARCHAR(100),
                 PRIMARY KEY (PRIMARY_ID),
                 KEY SPRING_SESSION_IX1 (SESSION_ID),
                 KEY SPRING_SESSION_IX2 (EXPIRY_TIME))""",
            """CREATE TABLE IF NOT EXISTS spring_session_attributes (
                 SESSION_PRIMARY_ID CHAR(36) NOT NULL,
                 ATTRIBUTE_NAME VARCHAR(200) NOT NULL,
                 ATTRIBUTE_BYTES BLOB NOT NULL,
                 PRIMARY KEY (SESSION_PRIMARY_ID, ATTRIBUTE_NAME))""",
        ],
    ),
    Script("4.1.3.1", ADMIN_SCRIPT, 49),
    Script(
        "4.2.0.12",
        "V_4_2_0_12__add_extra_info_to_iam_user.sql",
        65,
        ["ALTER TABLE iam_user ADD COLUMN extra_properties_json TEXT DEFAULT NULL"],
    ),
    Script(
        "4.3.1.2",
        "V_4_3_1_2__add_list_user_table_permission_view.sql",
        80,
        ["CREATE OR REPLACE VIEW list_user_table_permission_view AS SELECT id AS user_id, organization_id FROM iam_user"],
    ),
    Script(
        "4.3.1.6",
        "V_4_3_1_6__init_max_login_record_time.sql",
        90,
        [
            "INSERT INTO config_system_configuration (`key`, `value`)"
            " VALUES ('odc.security.max-login-record-time-minutes', '0') ON DUPLICATE KEY UPDATE `id` = `id`"
        ],
    ),
    Script(
        "4.3.2.11",
        "V_4_3_2_11__alter_regulation_riskdetect_rule.sql",
        100,
        ["ALTER TABLE regulation_riskdetect_rule ADD COLUMN value_json MEDIUMTEXT DEFAULT NULL"],
    ),
    Script(
        "4.3.2.12",
        "V_4_3_2_12__alter_list_user_table_permission_view.sql",
        101,
        [
            "CREATE OR REPLACE VIEW list_user_table_permission_view AS"
            " SELECT id AS user_id, account_name, organization_id FROM iam_user"
        ],
    ),
]


def numbers(version):
    return tuple(int(part) for part in version.split("."))


def scripts_of(version):
    """Those that a release has, oldest first."""
    return [script for script in SCRIPTS if numbers(script.version)[:3] <= numbers(version)]
