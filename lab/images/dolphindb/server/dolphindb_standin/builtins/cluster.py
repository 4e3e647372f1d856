"""Functions of controllers: the cluster's configuration, nodes and state."""

from ..options import ConfigError, check_macros, lines_of
from ..nodes_file import Row, rows_of
from ..registry import ONLY_ADMINISTRATORS, ONLY_CONTROLLERS, function
from ..state_files import write_file
from ..values import EngineError, NULL, Vector, boolean, int_of, string, strings, text_of, texts_of, truth

STRING_VECTORS = "Usage: {}. {} must be string vectors."


def _ruled(work, *arguments):
    """A rule that refuses a file refuses what is to go into it."""
    try:
        return work(*arguments)
    except ConfigError as error:
        raise EngineError(str(error)) from None


@function("getClusterPerf")
def get_cluster_perf(context, includeMaster=None, *_):
    node = context.node
    if node.mode == "controller":
        return _without_controllers(node.performance(), includeMaster)
    rows = node.ask_leader("performance")
    return _without_controllers(_decoded(rows), includeMaster)


def _decoded(data):
    import io

    from .. import wire

    return wire.Reader(io.BytesIO(data)).value()


def _without_controllers(found, includeMaster):
    if includeMaster is not None and includeMaster is not NULL and truth(includeMaster):
        return found
    kept = [at for at, mode in enumerate(found.column("mode").items) if mode != 2]
    found.columns = [Vector(column.type, [column.items[at] for at in kept]) for column in found.columns]
    return found


@function("getClusterStatus", controller=ONLY_CONTROLLERS)
def get_cluster_status(context):
    return context.node.performance()


@function("getActiveMaster", controller=ONLY_CONTROLLERS)
def get_active_master(context):
    leader = context.node.group.leader
    if leader is None:
        context.node.group.require_leader()
    return string(leader.split(":")[2])


@function("isControllerInitialized", controller=ONLY_CONTROLLERS)
def is_controller_initialized(context):
    return boolean(context.node.group.is_ready or (context.node.is_ready and context.node.group.leader is not None))


@function("setRaftElectionTick", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def set_raft_election_tick(context, groupId, tickCount):
    raise EngineError("the stand-in takes raftElectionTick from controller.cfg alone")


# configuration


@function("loadControllerConfigs", controller=ONLY_CONTROLLERS)
def load_controller_configs(context):
    return strings(lines_of(context.node.config_path, "configuration"))


@function("saveControllerConfigs", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def save_controller_configs(context, configs):
    write_file(context.node.config_path, texts_of(configs, STRING_VECTORS.format("saveControllerConfigs(configs)", "configs")))


@function("loadClusterNodesConfigs")
def load_cluster_nodes_configs(context):
    node = context.node
    return strings(
        node.group.data["config"]
        if node.mode == "controller"
        else node.ask_leader("lead", method="membership.config", arguments={})
    )


@function("saveClusterNodesConfigs", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def save_cluster_nodes_configs(context, configs):
    lines = texts_of(configs, STRING_VECTORS.format("saveClusterNodesConfigs(configs)", "configs"))
    context.node.group.change("config", lines=lines)


@function("reloadClusterConfig", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def reload_cluster_config(context):
    group = context.node.group
    group.require_leader()
    _ruled(check_macros, group.data["config"])


@function("getClusterNodesCfg", controller=ONLY_CONTROLLERS)
def get_cluster_nodes_cfg(context):
    return strings(row.line for row in context.node.rows)


@function("saveClusterNodes", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def save_cluster_nodes(context, sites):
    lines = texts_of(sites, STRING_VECTORS.format("saveClusterNodes(sites)", "sites"))
    rows = _ruled(rows_of, lines)
    context.node.group.change("nodes", lines=[row.line for row in rows])


# nodes


def _vectors(values, reader):
    """Scalars, or vectors of one length, as rows."""
    columns = [[None] if value is None else value.items if isinstance(value, Vector) else [value.value] for value in values]
    size = max(map(len, columns))
    if any(len(column) not in (1, size) for column in columns):
        raise EngineError("The arguments of addNode must be scalars or vectors of the same length.")
    return [reader(*(column[at if len(column) > 1 else 0] for column in columns)) for at in range(size)]


@function("addNode", admin=ONLY_ADMINISTRATORS)
def add_node(context, host, port, alias, saveConfig=None, nodeType=None, computeGroup=None, zone=None):
    def row(host, port, alias, mode, group, zone):
        return Row(host, int(port), alias, mode or "datanode", group or "", zone or "").line

    lines = _vectors([host, port, alias, nodeType, computeGroup, zone], row)
    _on_leader(context, "add_nodes", lines=lines)


@function("addAgentToController", admin=ONLY_ADMINISTRATORS, controller=ONLY_CONTROLLERS)
def add_agent_to_controller(context, host, port, alias, saveConfig=None):
    line = Row(text_of(host), int_of(port), text_of(alias), "agent").line
    _on_leader(context, "add_nodes", lines=[line])


@function("removeNode", admin=ONLY_ADMINISTRATORS)
def remove_node(context, alias, force=None):
    aliases = texts_of(alias, "alias must be a string.")
    _on_leader(context, "remove_nodes", aliases=aliases, force=force is not None and force is not NULL and truth(force))


def _on_leader(context, method, **arguments):
    node = context.node
    if node.mode != "controller":
        node.ask_leader("lead", method=f"membership.{method}", arguments=arguments)
        return
    node.group.require_leader()
    getattr(node.membership, method)(**arguments)


@function("startDataNode", admin="Only administrator is allowed to access function {}.", controller=ONLY_CONTROLLERS)
def start_data_node(context, node):
    context.node.group.require_leader()
    context.node.control.start(texts_of(node, "The argument must be a string or a string vector."))


@function("stopDataNode", admin="Only administrator is allowed to call function {}.", controller=ONLY_CONTROLLERS)
def stop_data_node(context, node):
    context.node.group.require_leader()
    context.node.control.stop(texts_of(node, "The argument must be a string or a string vector."))
