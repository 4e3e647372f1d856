"""Databases, partitioned tables and their chunks."""

from ..dfs import Database, PartitionedTable
from ..partitions import COMPO, HASH
from ..registry import ONLY_ADMINISTRATORS, ONLY_CONTROLLERS, function
from ..values import EngineError, NULL, STRING, Table, Vector, boolean, integer, strings, table, text_of, texts_of, truth
from .general import type_of


def _dfs(context):
    found = getattr(context.node, "dfs", None)
    if found is None or context.node.mode not in ("datanode", "computenode"):
        raise EngineError("DFS is not enabled on this node.")
    return found


def _name(value):
    return value.name if isinstance(value, Database) else text_of(value, "The database")


@function("database")
def database(
    context, directory, partitionType=None, partitionScheme=None, locations=None, engine=None, atomic=None, chunkGranularity=None
):
    dfs, name = _dfs(context), text_of(directory)
    if name == "" and partitionType is not None:
        return Database("", _level(partitionType.value, partitionScheme))
    if not name.startswith("dfs://"):
        raise EngineError("the stand-in has databases in the distributed file system alone, dfs://")
    known = dfs.lead("databases")
    if partitionType is None or partitionType is NULL:
        if name not in known:
            raise EngineError(f"The database [{name}] does not exist.")
        return Database(name)
    if name in known:
        return Database(name)
    kind = partitionType.value
    if kind == COMPO:
        levels = [each.level for each in partitionScheme.items]
    else:
        levels = [_level(kind, partitionScheme)]
    dfs.lead("create_database", name=name, spec={"levels": levels})
    return Database(name)


def _level(kind, scheme):
    if kind == HASH:
        return {
            "kind": kind,
            "type": type_of(scheme.items[0]),
            "scheme": [scheme.items[1].value if hasattr(scheme.items[1], "value") else scheme.items[1]],
        }
    return {"kind": kind, "type": scheme.type, "scheme": list(scheme.items)}


@function("existsDatabase")
def exists_database(context, dbUrl):
    return boolean(text_of(dbUrl) in _dfs(context).lead("databases"))


@function("existsTable")
def exists_table(context, dbUrl, tableName):
    return boolean(text_of(tableName) in _dfs(context).lead("databases").get(_name(dbUrl), {"tables": {}})["tables"])


@function("dropDatabase")
def drop_database(context, dbUrl):
    _dfs(context).lead("drop", database=_name(dbUrl))


@function("dropTable")
def drop_table(context, dbHandle, tableName):
    _dfs(context).lead("drop", database=_name(dbHandle), table=text_of(tableName))


@function("getTables")
def get_tables(context, dbHandle):
    return strings(_dfs(context).lead("databases")[_name(dbHandle)]["tables"])


@function("getClusterDFSDatabases")
def get_cluster_dfs_databases(context, *_):
    node = context.node
    return strings(node.group.data["databases"] if node.mode == "controller" else _dfs(context).lead("databases"))


@function("createPartitionedTable")
def create_partitioned_table(context, dbHandle, table, tableName, partitionColumns, *_, **__):
    dfs, name = _dfs(context), text_of(tableName)
    columns = [[column, vector.type] for column, vector in zip(table.names, table.columns)]
    levels = dfs.lead("databases")[_name(dbHandle)]["levels"]
    wanted = texts_of(partitionColumns, "partitionColumns must be a string or a string vector.")
    missing = [one for one in wanted if one not in table.names]
    if missing or len(wanted) != len(levels):
        raise EngineError(
            f"The partition columns [{','.join(wanted)}] don't fit the table and the {len(levels)} levels of the database."
        )
    partitions = [{**level, "column": column} for level, column in zip(levels, wanted)]
    dfs.lead("create_table", database=_name(dbHandle), name=name, spec={"columns": columns, "partitions": partitions})
    return dfs.table(_name(dbHandle), name)


@function("createDimensionTable")
def create_dimension_table(context, dbHandle, table, tableName, *_, **__):
    dfs, name = _dfs(context), text_of(tableName)
    columns = [[column, vector.type] for column, vector in zip(table.names, table.columns)]
    dfs.lead("create_table", database=_name(dbHandle), name=name, spec={"columns": columns, "partitions": []})
    return dfs.table(_name(dbHandle), name)


@function("loadTable")
def load_table(context, database, tableName, *_):
    return _dfs(context).table(_name(database), text_of(tableName))


@function("append!")
def append(context, obj, newData):
    if isinstance(obj, PartitionedTable):
        obj.dfs.append(obj, newData)
    elif isinstance(obj, Table):
        for column, more in zip(obj.columns, newData.columns):
            column.items.extend(more.items)
    else:
        obj.items.extend(newData.items if isinstance(newData, Vector) else [newData.value])
    return obj


@function("tableInsert")
def table_insert(context, table, *args):
    target = context.session.variables.get(table.value) if hasattr(table, "value") else table
    if len(args) == 1 and isinstance(args[0], Table):
        rows = args[0]
    else:
        columns = [one if isinstance(one, Vector) else Vector(one.type, [one.value]) for one in args]
        rows = Table([str(at) for at in range(len(columns))], columns)
    if isinstance(target, PartitionedTable):
        return integer(target.dfs.append(target, rows))
    append(context, target, rows)
    return integer(len(rows))


# chunks


@function("getClusterChunksStatus", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def get_cluster_chunks_status(context):
    context.node.group.require_leader()
    return context.node.dfs.status()


def _repair(context):
    context.node.group.require_leader()
    return context.node.dfs.repair


@function("moveReplicas", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def move_replicas(context, srcNode, destNode, chunkId, destVolumes=None):
    _repair(context).move(
        text_of(srcNode), text_of(destNode), texts_of(chunkId, "chunkId must be a string or a string vector."), False
    )


@function("copyReplicas", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def copy_replicas(context, srcNode, destNode, chunkId, destVolumes=None):
    _repair(context).move(
        text_of(srcNode), text_of(destNode), texts_of(chunkId, "chunkId must be a string or a string vector."), True
    )


@function("deleteReplicas", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def delete_replicas(context, chunkId, nodeAlias):
    _repair(context).delete(texts_of(chunkId, "chunkId must be a string or a string vector."), text_of(nodeAlias))


@function("getRecoveryTaskStatus", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def get_recovery_task_status(context):
    return _repair(context).tasks()


@function("rebalanceChunksAmongDataNodes", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def rebalance_chunks_among_data_nodes(context, exec=None, updatedBeforeDays=None):
    moves = _repair(context).rebalance(exec is not None and truth(exec))
    return table([(name, STRING, [move[at] for move in moves]) for at, name in enumerate(("chunkId", "srcNode", "destNode"))])


@function("suspendRecovery", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def suspend_recovery(context):
    context.node.dfs.repair.is_suspended = True


@function("resumeRecovery", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def resume_recovery(context):
    context.node.dfs.repair.is_suspended = False
