"""What the server is told: environment and command line."""

import os
import re
from dataclasses import dataclass


class StartRefused(Exception):
    """The server must not start; the text says why."""


@dataclass(frozen=True)
class Settings:
    version: str
    node: str
    port: int
    profile: str
    log_directory: str
    storage_directory: str
    # all `--name=value`, of which later ones win
    options: dict
    # what of them the MetaDB keeps
    extra_arguments: dict
    start_seconds: float
    real_times: bool
    database_host: str
    database_port: int
    database_user: str
    database_password: str
    database_name: str
    admin_password: str


def _number(name, text):
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StartRefused(f"{name}={text} is not a port number")
    return int(text)


def seconds(text):
    """Reads 30, 30s, 10m or 8h."""
    match = re.fullmatch(r"(\d+)([smh]?)", text)
    if match is None:
        raise StartRefused(f"server.servlet.session.timeout={text} is not a time such as 10m")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def extra_arguments(text):
    """ODC's own reading of ODC_APP_EXTRA_ARGS: what is not exactly a name, `=` and a value is left out."""
    pairs = (item.replace("--", "", 1).split("=") for item in text.split())
    return dict(pair for pair in pairs if len(pair) == 2 and pair[1] != "")


def read_settings(arguments, environment=os.environ):
    options = dict(re.findall(r"^(?:--|-D)([^=]+)=(.*)$", "\n".join(arguments), re.M))
    return Settings(
        version=environment["ODC_STANDIN_VERSION"],
        node=environment.get("ODC_HOST", ""),
        port=_number("server.port", options.get("server.port", "8989")),
        profile=environment.get("ODC_PROFILE_MODE", "alipay"),
        log_directory=options.get("odc.log.directory", "/opt/odc/log"),
        storage_directory=options.get("file.storage.dir", "/opt/odc/data"),
        options=options,
        extra_arguments=extra_arguments(environment.get("ODC_APP_EXTRA_ARGS", "")),
        start_seconds=float(environment.get("STANDIN_START_DELAY", "3")),
        real_times=environment.get("STANDIN_REAL_TIMES", "") not in ("", "0"),
        database_host=environment["DATABASE_HOST"],
        database_port=_number("DATABASE_PORT", environment["DATABASE_PORT"]),
        database_user=environment["DATABASE_USERNAME"],
        database_password=environment.get("DATABASE_PASSWORD", ""),
        database_name=environment["DATABASE_NAME"],
        admin_password=environment.get("ODC_ADMIN_INITIAL_PASSWORD", ""),
    )
