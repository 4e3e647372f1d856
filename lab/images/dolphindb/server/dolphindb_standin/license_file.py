"""
The licence: a line `expiry,GB,cores,nodes,client,authType,modules,version,bindCPU`, then a signature. Nobody but the vendor can check
the signature; the stand-in takes any.
"""

import datetime
import os
import re
from dataclasses import dataclass

from .values import ANY, BOOL, DATE, INT, LONG, STRING, Dictionary, EngineError, Scalar, parse_temporal

# the file has a number in the place of the kind; which is which is not public
KINDS = {"0": "trial", "1": "free", "2": "commercial", "3": "trial"}
CHANGED_ONLINE = ("free", "commercial", "trial")


@dataclass
class License:
    expiration: str
    memory: int
    cores: int
    nodes: int
    client: str
    kind: str
    version: str

    @property
    def days_left(self):
        end = datetime.date(*map(int, self.expiration.split(".")))
        return (end - datetime.datetime.now(datetime.timezone.utc).date()).days

    def dictionary(self, port):
        types = {"trial": 0, "free": 1, "commercial": 2}
        entries = {
            "authorization": Scalar(STRING, self.kind),
            "licenseType": Scalar(INT, types[self.kind]),
            "maxMemoryPerNode": Scalar(INT, self.memory),
            "maxCoresPerNode": Scalar(INT, self.cores),
            "clientName": Scalar(STRING, self.client),
            "bindCPU": Scalar(BOOL, False),
            "bindCores": Scalar(INT, None),
            "expiration": self.date(),
            "maxNodes": Scalar(INT, self.nodes),
            "version": Scalar(STRING, self.version),
            "modules": Scalar(LONG, -1),
            "moduleNames": Scalar(STRING, ""),
            "productKey": Scalar(STRING, "DOLPHIN"),
            "port": Scalar(INT, port),
        }
        return Dictionary(STRING, ANY, entries)

    def date(self):
        return Scalar(DATE, parse_temporal(self.expiration).value)


def read_license(path):
    """Reads the file, or says why it is none, in the engine's words."""
    if not os.path.exists(path):
        raise EngineError(f"The license file [{path}] doesn't exist.")
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file.read().splitlines()]
    if not lines or lines[0] == "" or len(lines) < 2 or not re.fullmatch(r"[A-Za-z0-9+/]+=*", lines[1]):
        raise EngineError("Invalid license file.")
    parts = [part.strip() for part in lines[0].split(",")]
    if len(parts) < 9:
        raise EngineError("The license format is out of date. Please contact DolphinDB for a new license.")
    if not re.fullmatch(r"\d{4}\.\d\d\.\d\d", parts[0]) or not all(part.isdigit() for part in parts[1:4]):
        raise EngineError("Invalid license file.")
    kind = KINDS.get(parts[5], parts[5])
    if kind not in CHANGED_ONLINE:
        raise EngineError("Invalid license file.")
    return License(parts[0], int(parts[1]), int(parts[2]), int(parts[3]), parts[4], kind, parts[7])


def check_online(old, new):
    """The engine's rules for a change while the node runs; the words are the stand-in's."""
    if new.client != old.client:
        raise EngineError("The client name of the new license doesn't match that of the current license.")
    if new.kind != old.kind:
        raise EngineError("The authorization mode of the new license doesn't match that of the current license.")
    for what, before, after in (
        ("nodes", old.nodes, new.nodes),
        ("cores", old.cores, new.cores),
        ("memory", old.memory, new.memory),
    ):
        if after < before:
            raise EngineError(f"The new license allows less {what} than the current license.")
    if new.expiration <= old.expiration:
        raise EngineError("The expiration date of the new license must be later than that of the current license.")
