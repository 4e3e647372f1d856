"""Why a node does not start, in the engine's words where they are known."""

import os
import re

from .options import ConfigError, check_macros

CACHE_LIMIT_SINCE = (3, 0, 5)


def check_paths(options):
    for name in ("home", "config", "clusterConfig", "nodesFile", "logFile"):
        path = os.path.abspath(options.text(name)) if options.text(name) else ""
        if " " in path or not path.isascii():
            raise ConfigError(f"The path [{path}] of {name} can't contain spaces or Chinese characters.")


def check_controller(options, config_lines):
    is_raft = options.text("dfsHAMode").lower() == "raft"
    if is_raft and options.number("dfsReplicationFactor", 2) < 2:
        raise ConfigError(
            "When controller is in high availability (HA) mode, data node must be in HA mode too, "
            "i.e. dfsReplicationFactor should be 2 or greater."
        )
    if 0 < options.number("dfsRecoveryWaitTime", 0) < 60000:
        raise ConfigError("dfsRecoveryWaitTime must be 0 or no less than 60000.")
    check_macros(config_lines)


def check_worker(options, version):
    redo = options.text("TSDBRedoLogDir")
    alias = options.site[2]
    if redo.endswith("/") or redo.endswith("/" + alias):
        raise ConfigError("TSDBRedoLogDir can't end with '/' or the node alias.")
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    memory = options.number("maxMemSize", 0)
    if numbers >= CACHE_LIMIT_SINCE and memory > 0:
        for name, default in (("OLAPCacheEngineSize", 0), ("TSDBCacheEngineSize", 1)):
            if options.number(name, default) > memory / 2:
                raise ConfigError(f"{name} can't exceed 50% of maxMemSize.")
