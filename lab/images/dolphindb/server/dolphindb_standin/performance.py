"""What a node tells of itself, and the table that getClusterPerf makes of it."""

import os
import shutil
import time

from .values import BOOL, DOUBLE, INT, LONG, STRING, table

MODES = {"datanode": 0, "agent": 1, "controller": 2, "single": 3, "computenode": 4}
_ZERO_LONGS = ("medLast10QueryTime", "maxLast10QueryTime", "medLast100QueryTime", "maxLast100QueryTime", "maxRunningQueryTime")
_ZERO_INTS = ("runningJobs", "queuedJobs", "runningTasks", "queuedTasks")
_RATES = (
    "diskWriteRate",
    "diskReadRate",
    "lastMinuteWriteVolume",
    "lastMinuteReadVolume",
    "networkSendRate",
    "networkRecvRate",
    "lastMinuteNetworkSend",
    "lastMinuteNetworkRecv",
)
# of a node that is not heard, the engine knows what its configuration says
_ALWAYS = ("computeGroup", "host", "port", "site", "mode", "state", "agentSite", "name", "publicName", "zone", "isLeader")
COLUMNS = [
    ("host", STRING),
    ("port", INT),
    ("site", STRING),
    ("mode", INT),
    ("state", INT),
    ("agentSite", STRING),
    ("maxConnections", INT),
    ("maxMemSize", DOUBLE),
    ("workerNum", INT),
    ("executorNum", INT),
    ("connectionNum", INT),
    ("name", STRING),
    ("memoryUsed", LONG),
    ("memoryAlloc", LONG),
    ("cpuUsage", DOUBLE),
    ("avgLoad", DOUBLE),
    *((name, LONG) for name in _ZERO_LONGS),
    *((name, INT) for name in _ZERO_INTS),
    ("jobLoad", DOUBLE),
    ("diskCapacity", LONG),
    ("diskFreeSpace", LONG),
    ("diskFreeSpaceRatio", DOUBLE),
    *((name, LONG) for name in _RATES),
    ("publicName", STRING),
    ("lastMsgLatency", LONG),
    ("cumMsgLatency", LONG),
    ("isLeader", BOOL),
]


def measured(node):
    """The part of a row that only the node itself knows."""
    pages = open("/proc/self/statm", encoding="ascii").read().split()
    used = int(pages[1]) * os.sysconf("SC_PAGE_SIZE")
    disk = shutil.disk_usage(node.options.home if os.path.isdir(node.options.home) else "/")
    cpu = sum(os.times()[:2]) / max(time.monotonic() - node.started, 1) * 100
    zeros = {name: 0 for name in (*_ZERO_LONGS, *_ZERO_INTS, *_RATES, "lastMsgLatency", "cumMsgLatency")}
    return {
        **zeros,
        "maxConnections": int(node.options.number("maxConnections", 512)),
        "maxMemSize": node.options.number("maxMemSize", 0),
        "workerNum": int(node.options.number("workerNum", os.cpu_count() or 1)),
        "executorNum": 0,
        "connectionNum": node.port.connections,
        "memoryUsed": used,
        "memoryAlloc": used,
        "cpuUsage": cpu,
        "avgLoad": os.getloadavg()[0],
        "jobLoad": 0.0,
        "diskCapacity": disk.total,
        "diskFreeSpace": disk.free,
        "diskFreeSpaceRatio": disk.free / disk.total,
    }


def performance_table(rows, has_groups):
    """The table of rows by column name; `has_groups` from 3.00.2 on."""
    columns = [("computeGroup", STRING), *COLUMNS, ("zone", STRING)] if has_groups else COLUMNS
    return table([(name, type, [row.get(name, "" if type == STRING else None) for row in rows]) for name, type in columns])


def row_of_dead(row):
    """What is told of a node that is not heard."""
    return {name: value for name, value in row.items() if name in _ALWAYS}
