"""What clients ask for: functions by name, and scripts."""

import traceback

from . import builtins, registry
from .script.interpreter import Interpreter
from .values import EngineError

assert builtins


def _run(node, work):
    try:
        return work()
    except EngineError:
        raise
    except RecursionError:
        raise EngineError("Stack overflow") from None
    except Exception as error:
        node.log.error(traceback.format_exc())
        raise EngineError(f"the stand-in failed: {error!r}") from error


def run_script(node, session, text, printed):
    session.may_call("script", node.has_client_auth and not text.strip().rstrip(";()").isidentifier())
    return _run(node, lambda: Interpreter(registry.Context(node, session, printed)).run(text))


def call_function(node, session, name, arguments, printed):
    context = registry.Context(node, session, printed)
    return _run(node, lambda: Interpreter(context).call_named(name, arguments))
