"""The engine's functions by name, who may call them, and on which nodes."""

from dataclasses import dataclass

from .values import EngineError

CONTROLLER, AGENT, DATA, COMPUTE, SINGLE = "controller", "agent", "datanode", "computenode", "single"


@dataclass
class Function:
    name: str
    run: object
    admin: str
    controller: str


@dataclass
class Context:
    """Where a function runs, and for whom."""

    node: object
    session: object
    printed: list


FUNCTIONS = {}


def function(name, admin="", controller=""):
    """
    Enters a function under its name. Its parameters are called as the engine's.
    `admin` and `controller` are what others are told than administrators, and other nodes than controllers.
    """

    def enter(run):
        FUNCTIONS[name.lower()] = Function(name, run, admin.format(name), controller.format(name))
        return run

    return enter


ONLY_ADMINISTRATORS = "Only administrators support function {}."
ONLY_CONTROLLERS = "Only controller node supports function {}."


def find(name):
    return FUNCTIONS.get(name.lower())


def call(context, found, arguments, named=None):
    """Calls a function for a client."""
    session, node = context.session, context.node
    session.may_call(found.name, node.has_client_auth)
    if found.controller and node.mode != CONTROLLER:
        raise EngineError(found.controller)
    if found.admin and not session.is_admin:
        raise EngineError(found.admin)
    try:
        return found.run(context, *arguments, **(named or {}))
    except TypeError as error:
        if "argument" not in str(error):
            raise
        raise EngineError(f"The function [{found.name}] was called with arguments that it does not take.") from None
