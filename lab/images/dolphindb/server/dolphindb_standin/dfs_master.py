"""The leader's part of the file system: databases, tables, and which data nodes hold which chunks."""

import time
import uuid

from .peers import ask
from .repair import Repair
from .values import EngineError, INT, LONG, BOOL, STRING, TIMESTAMP, table

OPEN_SECONDS = 120


class DfsMaster:
    def __init__(self, controller):
        self.controller = controller
        # transactions by chunk, as each data node reported them
        self.reports = {}
        self._seen = {}
        self._open = {}
        self.repair = Repair(self)

    @property
    def data(self):
        return self.controller.group.data

    @property
    def factor(self):
        return int(self.controller.options.number("dfsReplicationFactor", 2))

    def change(self, do, **arguments):
        self.controller.group.change(do, **arguments)

    # data nodes

    def live(self):
        """Data nodes that are there, by alias."""
        heard = self.controller.heard
        beats = {row.alias: heard.of(row.alias) for row in self.controller.rows if row.mode == "datanode"}
        return {alias: beat for alias, beat in beats.items() if beat is not None and beat["ready"]}

    def forget(self, alias):
        self.reports.pop(alias, None)
        self._seen.pop(alias, None)

    def look(self):
        """Once a moment: what data nodes hold is asked where it changed, and made up for where something is missing."""
        live = self.live()
        for alias in [alias for alias in self.reports if alias not in live]:
            self.forget(alias)
        for alias, beat in live.items():
            if self._seen.get(alias) != beat["reports"]:
                found = ask(beat["host"], beat["port"], "chunk_report", 10)
                unknown = [id for id in found if id not in self.data["chunks"]]
                if unknown:
                    # the controllers decide which chunks there are
                    ask(beat["host"], beat["port"], "drop_chunks", 30, ids=unknown)
                self.reports[alias], self._seen[alias] = {id: set(each) for id, each in found.items()}, beat["reports"]
        self.repair.look(live)

    def has_all(self, alias, id):
        """Whether a data node holds all of a chunk, as far as it reported."""
        chunk, held = self.data["chunks"].get(id), self.reports.get(alias, {}).get(id)
        return chunk is not None and held is not None and held >= set(chunk["commits"])

    def whole(self, id, live):
        """Replicas that can be read."""
        return [alias for alias in self.data["chunks"][id]["replicas"] if alias in live and self.has_all(alias, id)]

    # databases and tables

    def databases(self):
        return {name: {**spec, "tables": dict(spec["tables"])} for name, spec in self.data["databases"].items()}

    def create_database(self, name, spec):
        if name in self.data["databases"]:
            raise EngineError(f"The database [{name}] already exists.")
        self.change("database", name=name, spec=spec)

    def create_table(self, database, name, spec):
        if name in self._database(database)["tables"]:
            raise EngineError(f"The table [{name}] already exists in the database [{database}].")
        self.change("table", database=database, name=name, spec=spec)

    def drop(self, database, table=None):
        found = self._database(database)
        if table is not None and table not in found["tables"]:
            raise EngineError(f"The table [{table}] does not exist.")
        self.change("drop", database=database, table=table)

    def _database(self, name):
        found = self.data["databases"].get(name)
        if found is None:
            raise EngineError(f"The database [{name}] does not exist.")
        return found

    def table(self, database, table):
        found = self._database(database)["tables"].get(table)
        if found is None:
            raise EngineError(
                f"getFileBlocksMeta on path '/{database.removeprefix('dfs://')}/{table}' failed, reason: path does not exist"
            )
        return found

    # writing and reading

    def begin(self, database, table, partitions):
        """The chunks of partitions, made where there are none yet, with the sites of their replicas."""
        self.table(database, table)
        live = self.live()
        known = {
            chunk["partition"]: id
            for id, chunk in self.data["chunks"].items()
            if (chunk["database"], chunk["table"]) == (database, table)
        }
        new = {}
        for partition in partitions:
            if partition not in known:
                id = str(uuid.uuid4())
                known[partition] = id
                file = f"/{database.removeprefix('dfs://')}/{partition}/{table}"
                new[id] = {
                    "database": database,
                    "table": table,
                    "partition": partition,
                    "file": file,
                    "commits": [],
                    "updated": 0,
                    "replicas": self.placed(live, len(self.data["chunks"]) + len(new)),
                }
        if new:
            self.change("chunks", chunks=new)
        moment = time.monotonic()
        chunks = {partition: known[partition] for partition in partitions}
        self._open.update(dict.fromkeys(chunks.values(), moment))
        return {partition: self._told(id, live, list(live)) for partition, id in chunks.items()}

    def placed(self, live, start, without=(), count=None):
        """Data nodes for a new chunk's replicas, on several hosts as dfsReplicaReliabilityLevel has it."""
        wanted = self.factor if count is None else count
        level = int(self.controller.options.number("dfsReplicaReliabilityLevel", 0))
        order = sorted(alias for alias in live if alias not in without)
        order = order[start % len(order) :] + order[: start % len(order)] if order else []
        hosts = {live[alias]["host"] for alias in without if alias in live}
        chosen = []
        for alias in order:
            if len(chosen) < wanted and (level == 0 or live[alias]["host"] not in hosts):
                chosen.append(alias)
                hosts.add(live[alias]["host"])
        if level == 2:
            chosen += [alias for alias in order if alias not in chosen][: wanted - len(chosen)]
        if len(chosen) < wanted:
            raise EngineError(
                f"<DataNodeNotAvail>There are {len(chosen)} data nodes available for {wanted} replicas of a new chunk."
            )
        return chosen

    def _told(self, id, live, aliases):
        chunk = self.data["chunks"][id]
        sites = [
            [alias, live[alias]["host"], live[alias]["port"]] for alias in chunk["replicas"] if alias in live and alias in aliases
        ]
        return {"id": id, "file": chunk["file"], "commits": list(chunk["commits"]), "replicas": sites}

    def commit(self, transaction, written):
        self.change("commit", transaction=transaction, ids=list(written), moment=int(time.time() * 1000))
        for id, aliases in written.items():
            self._open.pop(id, None)
            for alias in aliases:
                self.reports.setdefault(alias, {}).setdefault(id, set()).add(transaction)

    def chunks_of(self, database, table):
        self.table(database, table)
        live = self.live()
        ids = [
            id
            for id, chunk in self.data["chunks"].items()
            if (chunk["database"], chunk["table"]) == (database, table) and chunk["commits"]
        ]
        return [self._told(id, live, self.whole(id, live)) for id in ids]

    def status(self):
        """The table of getClusterChunksStatus. Replicas of nodes that are down are none."""
        live, rows = self.live(), []
        now = time.monotonic()
        for id, chunk in self.data["chunks"].items():
            there = [alias for alias in chunk["replicas"] if alias in live and self.reports.get(alias, {}).get(id) is not None]
            whole = [alias for alias in there if self.has_all(alias, id)]
            is_open = now - self._open.get(id, -OPEN_SECONDS) < OPEN_SECONDS
            is_short = any(alias in live and alias not in whole for alias in chunk["replicas"])
            version = len(chunk["commits"])
            replicas = ",".join(f"{alias}:{version if alias in whole else 0}:0:0" for alias in there)
            state = "CONSTRUCTING" if is_open else "RECOVERING" if is_short or id in self.repair.moving else "COMPLETE"
            rows.append((id, chunk["file"], 0, version, version, "", state, replicas, len(whole), chunk["updated"], True))
        names = [
            "chunkId",
            "file",
            "size",
            "version",
            "vcLength",
            "versionChain",
            "state",
            "replicas",
            "replicaCount",
            "lastUpdated",
            "permission",
        ]
        types = [STRING, STRING, LONG, INT, INT, STRING, STRING, STRING, INT, TIMESTAMP, BOOL]
        return table([(name, type, [row[at] for row in rows]) for at, (name, type) in enumerate(zip(names, types))])
