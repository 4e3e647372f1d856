"""Runs statements."""

from dataclasses import dataclass

from .. import registry
from ..partitions import KINDS
from ..values import (
    ANY,
    BOOL,
    FUNCTIONDEF,
    TYPES_BY_NAME,
    EngineError,
    NULL,
    Dictionary,
    Pair,
    Scalar,
    Table,
    Vector,
    boolean,
    integer,
    string,
    truth,
)
from . import arithmetic
from .parser import Parser
from .query import run_query


# kinds of partitions and names of types are numbers
CONSTANTS = {**TYPES_BY_NAME, **KINDS}


@dataclass
class FunctionValue:
    """A function as a value: one of the engine, one of a script, or either with its first arguments given."""

    name: str
    parameters: list = None
    body: list = None
    bound: tuple = ()

    def __str__(self):
        return self.name


class _Return(Exception):
    def __init__(self, value):
        super().__init__()
        self.value = value


class Interpreter:
    def __init__(self, context, scope=None):
        self.context = context
        self.session = context.session
        self.scope = self.session.variables if scope is None else scope

    def run(self, text):
        """The value of the last statement; None where it has none."""
        try:
            return self._block(Parser(text).script())
        except _Return as end:
            return end.value

    # statements

    def _block(self, statements):
        value = None
        for statement in statements:
            value = getattr(self, f"_{statement[0]}")(*statement[1:])
        return value

    def _do(self, expression):
        value = self.value(expression)
        return None if value is NULL else value

    def _assign(self, names, expression):
        value = self.value(expression)
        if len(names) == 1:
            self.scope[names[0]] = value
            return
        for name, item in zip(names, self._items(value)):
            self.scope[name] = item

    def _if(self, condition, then, otherwise):
        return self._block(then if truth(self.value(condition)) else otherwise)

    def _for(self, name, over, body):
        for item in self._items(self.value(over)):
            self.scope[name] = item
            self._block(body)

    def _define(self, name, parameters, body):
        self.session.functions[name] = FunctionValue(name, parameters, body)

    def _return(self, expression):
        raise _Return(NULL if expression is None else self.value(expression))

    def _try(self, body, name, handler):
        try:
            return self._block(body)
        except EngineError as error:
            self.scope[name] = Vector(ANY, [string("SYSTEM"), string(str(error))])
            return self._block(handler)

    def _throw(self, expression):
        raise EngineError(str(self.value(expression).value))

    def _use(self, _):
        return None

    # expressions

    def value(self, expression):
        return getattr(self, f"_value_{expression[0]}")(*expression[1:])

    def _value_literal(self, value):
        return NULL if value is None else value

    def _value_name(self, name):
        if name in self.scope:
            return self.scope[name]
        if name in CONSTANTS:
            return integer(CONSTANTS[name])
        found = self._function(name)
        if found is None:
            raise EngineError(f"Syntax Error: [line #1] Cannot recognize the token {name}")
        return found

    def _function(self, name):
        own = self.scope.get(name) or self.session.functions.get(name)
        if isinstance(own, FunctionValue):
            return own
        plain = name.split("::")[-1]
        return FunctionValue(plain) if registry.find(plain) is not None else None

    def _value_call(self, callee, positional, named, _start, text):
        target = self._function(callee[1]) if callee[0] == "name" else self.value(callee)
        if not isinstance(target, FunctionValue):
            name = callee[1] if callee[0] == "name" else text
            raise EngineError(f"Syntax Error: [line #1] Cannot recognize the token {name}")
        if target.name == "table" and positional and all(one[0] == "name" for one in positional):
            # columns that are variables are called after them
            positional, named = [], {**{one[1]: one for one in positional}, **named}
        arguments = [self.value(one) for one in positional]
        by_name = {name: self.value(one) for name, one in named.items()}
        try:
            value = self.apply(target, arguments, by_name)
        except EngineError as error:
            if target.body is not None or " => " in str(error) or target.name == "login":
                raise
            raise EngineError(f"{text} => {error}") from None
        return NULL if value is None else value

    def apply(self, target, arguments, named=None):
        """Calls a function value."""
        arguments = [*target.bound, *arguments]
        if target.body is None:
            return registry.call(self.context, registry.find(target.name), arguments, named)
        scope = {}
        for number, (name, default) in enumerate(target.parameters):
            given = arguments[number] if number < len(arguments) else (named or {}).get(name)
            scope[name] = given if given is not None else NULL if default is None else self.value(default)
        try:
            return Interpreter(self.context, scope)._block(target.body)
        except _Return as end:
            return end.value

    def call_named(self, name, arguments):
        """A call by name, as clients make it."""
        target = self._function(name)
        if target is None:
            raise EngineError(f"Can't recognize function name {name}")
        value = self.apply(target, arguments)
        return None if value is NULL else value

    def _value_lambda(self, parameters, body):
        return FunctionValue("<lambda>", parameters, body)

    def _value_partial(self, callee, positional):
        found = self.value(callee)
        return FunctionValue(found.name, found.parameters, found.body, (*found.bound, *map(self.value, positional)))

    def _value_unary(self, operator, expression):
        return arithmetic.unary(operator, self.value(expression))

    def _value_binary(self, operator, left, right, _text):
        if operator in ("&&", "||"):
            first = self.value(left)
            if isinstance(first, Scalar) and first.value is not None and bool(first.value) == (operator == "||"):
                return boolean(operator == "||")
            return arithmetic.binary(operator, first, self.value(right))
        return arithmetic.binary(operator, self.value(left), self.value(right))

    def _value_vector(self, items):
        return vector_of([self.value(item) for item in items])

    def _value_tuple(self, items, _start):
        return Vector(ANY, [self.value(item) for item in items])

    def _value_index(self, expression, indexes):
        return indexed(self.value(expression), [self.value(index) for index in indexes])

    def _value_member(self, expression, name):
        return indexed(self.value(expression), [string(name)])

    def _value_query(self, *parts):
        return run_query(self, *parts)

    def _value_star(self):
        raise EngineError("Syntax Error: [line #1] * is expected in a query alone")

    @staticmethod
    def _items(value):
        if isinstance(value, Vector):
            return [item if value.type == ANY else Scalar(value.type, item) for item in value.items]
        return [value]


def vector_of(values):
    """A vector of what stands between brackets: of one type, or of any."""
    types = {value.type for value in values if isinstance(value, Scalar) and value.value is not None}
    if not all(isinstance(value, Scalar) for value in values) or FUNCTIONDEF in types:
        return Vector(ANY, values)
    if not types:
        return Vector(BOOL, [None] * len(values))
    type = arithmetic.common_type(types)
    return Vector(ANY, values) if type is None else Vector(type, [value.value for value in values])


def indexed(value, indexes):
    """`value[index]`."""
    index = indexes[0]
    if isinstance(value, Dictionary):
        found = value.items.get(index.value)
        return NULL if found is None else found if value.value_type == ANY else Scalar(value.value_type, found)
    if isinstance(value, Table):
        if isinstance(index, Scalar) and isinstance(index.value, str):
            return value.column(index.value)
        return Table(value.names, [indexed(column, indexes) for column in value.columns])
    if isinstance(value, Vector) and isinstance(index, Pair):
        return Vector(value.type, value.items[index.items[0] : index.items[1]])
    if isinstance(value, Vector) and isinstance(index, Vector):
        if index.type == BOOL:
            return Vector(value.type, [item for item, is_in in zip(value.items, index.items) if is_in])
        return Vector(value.type, [value.items[number] for number in index.items])
    if isinstance(value, Vector) and isinstance(index.value, int):
        item = value.items[index.value] if 0 <= index.value < len(value.items) else None
        return NULL if item is None else item if value.type == ANY else Scalar(value.type, item)
    raise EngineError("The index is none that the stand-in knows.")


def count_of(value):
    return integer(len(value)) if isinstance(value, (Vector, Table)) else integer(1)
