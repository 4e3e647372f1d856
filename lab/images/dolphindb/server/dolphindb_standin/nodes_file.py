"""Rows of cluster.nodes."""

from dataclasses import dataclass

from .options import ConfigError

HEADER = "localSite,mode,computeGroup,zone"
MODES = ("controller", "agent", "datanode", "computenode")


@dataclass
class Row:
    host: str
    port: int
    alias: str
    mode: str
    group: str = ""
    zone: str = ""

    @property
    def site(self):
        return f"{self.host}:{self.port}:{self.alias}"

    @property
    def line(self):
        return f"{self.site},{self.mode},{self.group},{self.zone}"


def row_of(line):
    parts = [part.strip() for part in line.split(",")]
    site = parts[0].split(":")
    if len(parts) < 2 or len(site) != 3 or not site[1].isdigit() or parts[1] not in MODES:
        raise ConfigError(f"Invalid node [{line}] in the nodes file.")
    return Row(site[0], int(site[1]), site[2], parts[1], *(parts[2:4] + ["", ""])[:2])


def rows_of(lines):
    """Rows of lines, whose first may be the header. Refuses what cannot be a cluster."""
    rows = [row_of(line) for line in lines if line.strip() and not line.lower().startswith("localsite")]
    for what, keys in (("alias", [row.alias for row in rows]), ("site", [f"{row.host}:{row.port}" for row in rows])):
        double = next((key for at, key in enumerate(keys) if key in keys[:at]), None)
        if double is not None:
            raise ConfigError(f"Duplicate node {what} [{double}] in the nodes file.")
    for row in rows:
        if row.group and row.mode != "computenode":
            raise ConfigError(f"The node [{row.alias}] can't be in a compute group: only compute nodes can.")
        if row.group and not row.alias.startswith(row.group):
            raise ConfigError(f"The alias of the compute node [{row.alias}] must start with its compute group [{row.group}].")
    return rows
