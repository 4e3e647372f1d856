"""config.yaml: read, checked, and written again in the vendor's quotes."""

import ipaddress
import re
from dataclasses import dataclass

import yaml

CONFIG = "/home/admin/conf/config.yaml"

REQUIRED = (
    "oms_meta_host",
    "oms_meta_port",
    "oms_meta_user",
    "oms_meta_password",
    "drc_rm_db",
    "drc_cm_db",
    "drc_cm_heartbeat_db",
    "cm_url",
    "cm_location",
    "cm_nodes",
)
PORTS = {
    "ghana": ("ghana_server_port", 8090),
    "console": ("nginx_server_port", 8089),
    "cm": ("cm_server_port", 8088),
    "supervisor": ("supervisor_server_port", 9000),
    "sshd": ("sshd_server_port", 2023),
}
SLS = tuple(
    f"apsara_audit_sls_{name}"
    for name in ("access_key", "access_secret", "endpoint", "ops_site_topic", "user_site_topic")
)


class Refused(Exception):
    """What is asked for cannot be done, for these reasons."""

    def __init__(self, *problems):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Config:
    host: str
    port: int
    user: str
    password: str
    # names of databases by what they are for
    databases: dict
    cm_url: str
    location: int
    region: str
    region_cn: str
    is_default: bool
    nodes: tuple
    ports: dict
    # url, user, password; None where nothing is reported
    tsdb: tuple


def _load(path):
    try:
        with open(path, encoding="utf-8") as file:
            values = yaml.safe_load(file)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        # without the text around it, in which passwords are
        mark = getattr(error, "problem_mark", None)
        raise Refused(f"no YAML{'' if mark is None else f', line {mark.line + 1}'}") from error
    if not isinstance(values, dict):
        raise Refused("holds no `key: value`")
    return values


def _text(values, key):
    """Numbers, booleans and quoted ones are all the same."""
    value = values.get(key)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(values, key):
    text = _text(values, key)
    return int(text) if re.fullmatch(r"\d{1,5}", text) else None


def _is_address(text):
    try:
        return ipaddress.ip_address(text) is not None
    except ValueError:
        return False


def _problems(values):
    for key in REQUIRED:
        if values.get(key) in (None, "", []):
            yield f"{key} is missing"
    user, url, nodes = _text(values, "oms_meta_user"), _text(values, "cm_url"), values.get("cm_nodes")
    if re.search(r"@sys(#|$)", user):
        yield f"oms_meta_user {user}: the tenant sys cannot hold the MetaDB"
    if _text(values, "oms_meta_port") and not 0 < (_number(values, "oms_meta_port") or 0) < 65536:
        yield f"oms_meta_port {_text(values, 'oms_meta_port')} is no port"
    location = _number(values, "cm_location")
    if _text(values, "cm_location") and (location is None or location > 127):
        yield f"cm_location {_text(values, 'cm_location')} is not in [0,127]"
    if url and not re.fullmatch(r"https?://[^/\s:]+:\d+/?", url):
        yield f"cm_url {url} is not http://HOST:PORT"
    if nodes and not (isinstance(nodes, list) and all(_is_address(str(node)) for node in nodes)):
        yield f"cm_nodes {nodes} is no list of IP addresses"
    for key, _ in PORTS.values():
        if key in values and not 1025 <= (_number(values, key) or 0) <= 65535:
            yield f"{key} {_text(values, key)} is not in [1025,65535]"
    if _text(values, "cm_is_default") not in ("", "true", "false"):
        yield f"cm_is_default {_text(values, 'cm_is_default')} is neither true nor false"
    if _text(values, "tsdb_service") not in ("", "INFLUXDB", "CERESDB"):
        yield f"tsdb_service {_text(values, 'tsdb_service')} is neither INFLUXDB nor CERESDB"
    if _text(values, "tsdb_enabled") == "true":
        for key in ("tsdb_url", "tsdb_username", "tsdb_password"):
            if not _text(values, key):
                yield f"{key} is missing, as tsdb_enabled is true"
    audit = [key for key in SLS if _text(values, key)]
    if audit and len(audit) < len(SLS):
        yield f"{', '.join(key for key in SLS if key not in audit)} missing beside {', '.join(audit)}"


def read(path):
    values = _load(path)
    problems = tuple(_problems(values))
    if problems:
        raise Refused(*problems)
    enabled = _text(values, "tsdb_enabled") == "true"
    return Config(
        host=_text(values, "oms_meta_host"),
        port=_number(values, "oms_meta_port"),
        user=_text(values, "oms_meta_user"),
        password=_text(values, "oms_meta_password"),
        databases={role: _text(values, f"drc_{role}_db") for role in ("rm", "cm", "cm_heartbeat")},
        cm_url=_text(values, "cm_url").rstrip("/"),
        location=_number(values, "cm_location"),
        region=_text(values, "cm_region"),
        region_cn=_text(values, "cm_region_cn"),
        is_default=_text(values, "cm_is_default") != "false",
        nodes=tuple(str(node) for node in values["cm_nodes"]),
        ports={name: _number(values, key) or default for name, (key, default) in PORTS.items()},
        tsdb=tuple(_text(values, f"tsdb_{name}") for name in ("url", "username", "password")) if enabled else None,
    )


def rewrite(path):
    """All keys and values in double quotes. In place: the file is mounted, and another one would not be seen outside."""
    values = _load(path)
    quoted = {str(key): str(value) if type(value) in (int, float) else value for key, value in values.items()}
    text = yaml.safe_dump(quoted, default_style='"', sort_keys=False, allow_unicode=True, width=1 << 20)
    with open(path, "r+", encoding="utf-8") as file:
        if file.read() != text:
            file.seek(0)
            file.write(text)
            file.truncate()
