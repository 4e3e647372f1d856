"""The distributed file system as data and compute nodes use it: the leader tells where chunks are, data nodes hold them."""

import secrets
from dataclasses import dataclass

from .partitions import partition_of
from .peers import ask
from .values import EngineError, Table, Vector

NOT_AVAILABLE = "<DataNodeNotAvail>All replicas of the chunk [{}] are unavailable."
TRANSFER_SECONDS = 120


@dataclass
class Database:
    name: str
    # of one without a name, which is but a level of another
    level: dict = None

    def __str__(self):
        return f"DB[{self.name}]"


class PartitionedTable:
    def __init__(self, dfs, database, name, spec):
        self.dfs, self.database, self.name, self.spec = dfs, database, name, spec

    def __str__(self):
        return f"{self.database}/{self.name}"

    def count_rows(self):
        return self.dfs.count(self)

    def rows(self, names=None):
        return self.dfs.rows(self, names)

    def __len__(self):
        return self.count_rows()


class Dfs:
    def __init__(self, node):
        self._node = node

    def lead(self, method, **arguments):
        """A call of the leader's part of the file system."""
        return self._node.ask_leader("lead", method=f"dfs.{method}", arguments=arguments)

    def table(self, database, name):
        return PartitionedTable(self, database, name, self.lead("table", database=database, table=name))

    def append(self, table, rows):
        """Writes rows: all partitions, or none of them."""
        spec = table.spec
        if len(rows.columns) != len(spec["columns"]):
            raise EngineError("The number of columns of the table to insert must be the same as that of the original table.")
        parts, adds = {}, self._node.options.text("newValuePartitionPolicy", "skip") == "add"
        keys = []
        for one in spec["partitions"]:
            at = next((number for number, (name, _) in enumerate(spec["columns"]) if name == one["column"]), 0)
            column, memory = rows.columns[at], {}
            keys.append(
                [
                    memory[item] if item in memory else memory.setdefault(item, partition_of(one, item, column.type, adds))
                    for item in column.items
                ]
            )
        for number, key in enumerate(zip(*keys) if keys else [("all",)] * len(rows)):
            if None not in key:
                parts.setdefault("/".join(key), []).append(number)
        if not parts:
            return 0
        chunks = self.lead("begin", database=table.database, table=table.name, partitions=list(parts))
        transaction = secrets.token_hex(6)
        written = {}
        for partition, numbers in parts.items():
            chunk = chunks[partition]
            columns = [
                [name, type, [column.items[number] for number in numbers]]
                for (name, type), column in zip(spec["columns"], rows.columns)
            ]
            written[chunk["id"]] = self._write(chunk, transaction, columns)
        self.lead("commit", transaction=transaction, written=written)
        return sum(map(len, parts.values()))

    def _write(self, chunk, transaction, columns):
        """Writes to all replicas that can be reached; one is enough, the others are made up for."""
        done, last = [], None
        for alias, host, port in chunk["replicas"]:
            try:
                ask(
                    host,
                    port,
                    "write_chunk",
                    TRANSFER_SECONDS,
                    id=chunk["id"],
                    file=chunk["file"],
                    transaction=transaction,
                    columns=columns,
                )
                done.append(alias)
            except EngineError as error:
                last = error
        if not done:
            raise EngineError(NOT_AVAILABLE.format(chunk["id"])) from last
        return done

    def _from_any(self, chunk, method, **arguments):
        for _, host, port in chunk["replicas"]:
            try:
                return ask(host, port, method, TRANSFER_SECONDS, id=chunk["id"], transactions=chunk["commits"], **arguments)
            except EngineError as error:
                self._node.log.warning(f"{method} of {chunk['id']} at {host}:{port}: {error}")
        raise EngineError(NOT_AVAILABLE.format(chunk["id"]))

    def _chunks(self, table):
        return self.lead("chunks_of", database=table.database, table=table.name)

    def count(self, table):
        return sum(self._from_any(chunk, "count_chunk") for chunk in self._chunks(table))

    def rows(self, table, names):
        wanted = [(name, type) for name, type in table.spec["columns"] if names is None or name in names]
        columns = [Vector(type, []) for _, type in wanted]
        for chunk in self._chunks(table):
            found = self._from_any(chunk, "read_chunk", names=[name for name, _ in wanted])
            for column, (_, _, items) in zip(columns, found):
                column.items.extend(items)
        return Table([name for name, _ in wanted], columns)
