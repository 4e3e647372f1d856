"""What controllers agree on: the rows of cluster.nodes, the lines of cluster.cfg, users, nodes that are to run, databases and chunks."""

from pysyncobj import SyncObjConsumer, replicated

from .users import BUILT_IN_USER


class ClusterState(SyncObjConsumer):
    """Changed by commands alone, in the same order on every controller."""

    def __init__(self, on_change):
        # before the library notes which attributes are its own: state is what comes after
        self._on_change = on_change
        super().__init__()
        self.data = {
            "initialised": False,
            "version": "",
            "nodes": [],
            "config": [],
            "users": {},
            "started": [],
            "databases": {},
            "chunks": {},
        }

    # the library's snapshots

    def _serialize(self):
        return self.data

    def _deserialize(self, data):
        self.data = data
        self._on_change("snapshot")

    @replicated
    def change(self, command):
        """Applies `{"do": name, …}`."""
        arguments = {name: value for name, value in command.items() if name != "do"}
        result = getattr(self, f"_do_{command['do']}")(**arguments)
        self._on_change(command["do"])
        return result

    def _do_initialise(self, nodes, config, version, admin):
        if not self.data["initialised"]:
            self.data.update(initialised=True, nodes=nodes, config=config, version=version)
            self.data["users"] = {BUILT_IN_USER: {"hash": admin, "admin": True}}

    def _do_version(self, version):
        self.data["version"] = version

    def _do_nodes(self, lines):
        self.data["nodes"] = lines

    def _do_config(self, lines):
        self.data["config"] = lines

    def _do_user(self, user, hash, admin=None):
        found = self.data["users"].setdefault(user, {"admin": False})
        found["hash"] = hash
        if admin is not None:
            found["admin"] = admin

    def _do_drop_user(self, user):
        self.data["users"].pop(user, None)

    def _do_started(self, aliases, is_started):
        rest = [alias for alias in self.data["started"] if alias not in aliases]
        self.data["started"] = rest + aliases if is_started else rest

    def _do_database(self, name, spec):
        self.data["databases"][name] = {**spec, "tables": {}}

    def _do_table(self, database, name, spec):
        self.data["databases"][database]["tables"][name] = spec

    def _do_drop(self, database, table=None):
        found = self.data["databases"].get(database)
        if found is not None and table is None:
            del self.data["databases"][database]
        elif found is not None:
            found["tables"].pop(table, None)
        chunks = self.data["chunks"]
        gone = [id for id, chunk in chunks.items() if chunk["database"] == database and table in (None, chunk["table"])]
        for id in gone:
            del chunks[id]

    def _do_chunks(self, chunks):
        for id, chunk in chunks.items():
            self.data["chunks"].setdefault(id, chunk)

    def _do_commit(self, transaction, ids, moment):
        for id in ids:
            chunk = self.data["chunks"].get(id)
            if chunk is not None and transaction not in chunk["commits"]:
                chunk["commits"].append(transaction)
                chunk["updated"] = moment

    def _do_replicas(self, id, replicas):
        if id in self.data["chunks"]:
            self.data["chunks"][id]["replicas"] = replicas
