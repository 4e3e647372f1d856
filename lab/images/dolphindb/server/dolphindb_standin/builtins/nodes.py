"""What a node tells of itself, and functions that run on others."""

import os

from .. import wire
from ..peers import ask
from ..registry import ONLY_ADMINISTRATORS, function
from ..script.interpreter import FunctionValue
from ..values import (
    ANY,
    LONG,
    STRING,
    EngineError,
    Dictionary,
    NULL,
    Scalar,
    Table,
    Vector,
    boolean,
    integer,
    string,
    strings,
    text_of,
    texts_of,
    truth,
)
from ..nodes_file import rows_of
from ..performance import MODES
import io


@function("version")
def version(context):
    return string(f"{context.node.version} 2026.01.15 LINUX x86_64 stand-in")


@function("getNodeAlias")
def get_node_alias(context):
    return string(context.node.alias)


@function("getNodeType")
def get_node_type(context):
    return integer(MODES[context.node.mode])


@function("getNodeHost")
def get_node_host(context):
    return string(context.node.host)


@function("getNodePort")
def get_node_port(context):
    return integer(context.node.port_number)


@function("getHomeDir")
def get_home_dir(context):
    return string(context.node.options.home)


@function("isNodeInitialized")
def is_node_initialized(context):
    return boolean(context.node.is_ready)


@function("getControllerAlias")
def get_controller_alias(context):
    node = context.node
    if node.mode == "controller":
        return string(node.alias)
    leader = node.heart.leader or node.options.text("controllerSite")
    return string(leader.split(":")[2])


@function("getConfig")
def get_config(context, key=None):
    values = dict(context.node.options.values)
    node = context.node
    if node.mode == "controller":
        values["dfsMetaDir"] = node.dfs_meta_directory
    if node.mode == "datanode":
        values.update(volumes=",".join(node.volumes), chunkMetaDir=node.chunk_meta_directory)
    if key is None:
        return Dictionary(STRING, STRING, values)
    return string(values.get(text_of(key), ""))


@function("setDynamicConfig", admin=ONLY_ADMINISTRATORS)
def set_dynamic_config(context, configName, configValue):
    context.node.options.values[text_of(configName)] = str(configValue.value)


@function("getServerLog")
def get_server_log(context, *_):
    with open(context.node.options.text("logFile"), encoding="utf-8") as file:
        return strings(file.read().splitlines()[-1000:])


@function("exists")
def exists(context, path):
    return boolean(os.path.exists(text_of(path)))


def _rows(node):
    """The cluster's nodes, as this node can know them."""
    return node.rows if node.mode == "controller" else rows_of(node.ask_leader("rows"))


def _remote(context, row, called, seconds=60):
    arguments = [wire.encode(one) for one in called.bound]
    session = context.session
    answer = ask(
        row.host, row.port, "call", seconds, name=called.name, arguments=arguments, user=session.user, is_admin=session.is_admin
    )
    return wire.Reader(io.BytesIO(answer)).value()


def _called(value):
    if isinstance(value, FunctionValue) and value.body is None:
        return value
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return FunctionValue(value.value)
    raise EngineError("the stand-in runs the engine's own functions on other nodes, and no others")


@function("rpc")
def rpc(context, nodeAlias, func, *arguments):
    row = next((row for row in _rows(context.node) if row.alias == text_of(nodeAlias)), None)
    if row is None:
        raise EngineError(f"Node '{text_of(nodeAlias)}' doesn't exist.")
    called = _called(func)
    return _remote(context, row, FunctionValue(called.name, bound=(*called.bound, *arguments)))


@function("pnodeRun")
def pnode_run(context, function, nodes=None, addNodeAlias=None):
    called = _called(function)
    has_alias = addNodeAlias is None or truth(addNodeAlias)
    wanted = None if nodes is None or nodes is NULL else texts_of(nodes, "nodes must be a string vector.")
    kinds = ("datanode", "computenode") if wanted is None else tuple(MODES)
    rows = [row for row in _rows(context.node) if row.mode in kinds and (wanted is None or row.alias in wanted)]
    answers = []
    for row in rows:
        try:
            answers.append((row.alias, _remote(context, row, called)))
        except EngineError as error:
            if wanted is not None:
                raise
            # without a list, nodes that are down are passed over
            context.node.log.info(f"pnodeRun passes over {row.alias}: {error}")
    if answers and all(isinstance(value, Table) for _, value in answers):
        names = answers[0][1].names
        columns = [
            Vector(column.type, [item for _, value in answers for item in value.columns[at].items])
            for at, column in enumerate(answers[0][1].columns)
        ]
        aliases = strings(alias for alias, value in answers for _ in range(len(value)))
        return Table([*names, "node"], [*columns, aliases]) if has_alias else Table(names, columns)
    if all(isinstance(value, Scalar) for _, value in answers):
        type = answers[0][1].type if answers else LONG
        values = Vector(type, [value.value for _, value in answers])
        return Table(["node", "value"], [strings(alias for alias, _ in answers), values]) if has_alias else values
    return Dictionary(STRING, ANY, dict(answers))
