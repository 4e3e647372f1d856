"""Functions on texts, vectors and tables."""

import time

from ..registry import function
from ..script.arithmetic import common_type
from ..script.interpreter import FunctionValue, Interpreter, count_of, vector_of
from ..values import (
    ANY,
    BOOL,
    DAY,
    DATE,
    DATETIME,
    INT,
    STRING,
    TIMESTAMP,
    TYPES_BY_NAME,
    TYPE_NAMES,
    EngineError,
    NULL,
    Dictionary,
    Pair,
    Scalar,
    Table,
    Vector,
    boolean,
    integer,
    item_text,
    parse_temporal,
    string,
    text_of,
)


def type_of(value):
    """A type that a script names: by a text, or by the function that casts to it."""
    if isinstance(value, int) or (isinstance(value, Scalar) and isinstance(value.value, int)):
        return value if isinstance(value, int) else value.value
    name = value.name if isinstance(value, FunctionValue) else value.value if isinstance(value, Scalar) else value
    found = TYPES_BY_NAME.get(str(name).upper())
    if found is None:
        raise EngineError(f"Unknown data type {name}.")
    return found


def mapped(value, type, change):
    if isinstance(value, Vector):
        return Vector(type, [None if item is None else change(value.type, item) for item in value.items])
    return Scalar(type, None if value.value is None else change(value.type, value.value))


def text(value):
    """A value as the engine prints it."""
    if isinstance(value, Scalar):
        return item_text(value.type, value.value)
    if isinstance(value, Vector):
        parts = [
            text(item) if value.type == ANY and not isinstance(item, (str, type(None))) else item_text(value.type, item)
            for item in value.items
        ]
        return f"[{','.join(parts)}]"
    if isinstance(value, Table):
        rows = zip(*([item_text(column.type, item) for item in column.items] for column in value.columns))
        return "\n".join(" ".join(row) for row in [value.names, *rows])
    return str(value)


@function("print")
def print_(context, *values):
    context.printed.extend(text(value) for value in values)


@function("size")
def size(context, obj):
    return count_of(obj)


@function("rows")
def rows(context, obj):
    return integer(obj.count_rows()) if hasattr(obj, "count_rows") else count_of(obj)


@function("count")
def count(context, obj):
    if isinstance(obj, Vector):
        return integer(sum(item is not None for item in obj.items))
    return rows(context, obj)


@function("isNull")
def is_null(context, obj):
    if isinstance(obj, Vector):
        return Vector(BOOL, [item is None for item in obj.items])
    return boolean(isinstance(obj, Scalar) and obj.value is None)


@function("typestr")
def typestr(context, obj):
    return string(TYPE_NAMES[obj.type].upper() if isinstance(obj, (Scalar, Vector)) else "TABLE")


@function("array")
def array(context, dataType, initialSize=None, *_):
    return Vector(type_of(dataType), [None] * (0 if initialSize is None else initialSize.value))


@function("take")
def take(context, X, n):
    items, wanted = X.items if isinstance(X, Vector) else [X.value], n.value
    return Vector(X.type, [items[at % len(items)] for at in range(wanted)])


@function("join")
def join(context, X, Y):
    left = X.items if isinstance(X, Vector) else [X.value]
    right = Y.items if isinstance(Y, Vector) else [Y.value]
    kind = common_type({X.type, Y.type})
    if kind is None:
        raise EngineError("X and Y must be of compatible types.")
    return Vector(kind, left + right)


@function("join!")
def join_in_place(context, X, Y):
    if isinstance(X, Table):
        X.names += Y.names
        X.columns += Y.columns
        return X
    X.items += Y.items if isinstance(Y, Vector) else [Y.value]
    return X


@function("cj")
def cj(context, leftTable, rightTable):
    left, right = len(leftTable), len(rightTable)
    columns = [Vector(column.type, [item for item in column.items for _ in range(right)]) for column in leftTable.columns]
    columns += [Vector(column.type, column.items * left) for column in rightTable.columns]
    return Table(leftTable.names + rightTable.names, columns)


@function("table")
def table(context, *columns, **named):
    if columns and isinstance(columns[0], Pair):
        names, types = columns[1].items, columns[2]
        kinds = [type_of(item) for item in types.items]
        return Table(list(names), [Vector(kind, [None] * columns[0].items[1]) for kind in kinds])
    names = [f"C{at}" for at in range(len(columns))] + list(named)
    found = [*columns, *named.values()]
    size = max((len(column) for column in found if isinstance(column, Vector)), default=1)
    return Table(
        names, [column if isinstance(column, Vector) else Vector(column.type, [column.value] * size) for column in found]
    )


@function("dict")
def dict_(context, keyObj, valueObj, *_):
    if isinstance(keyObj, Vector):
        return Dictionary(keyObj.type, valueObj.type, dict(zip(keyObj.items, valueObj.items)))
    return Dictionary(type_of(keyObj), type_of(valueObj))


@function("keys")
def keys(context, obj):
    if isinstance(obj, Table):
        return Vector(STRING, list(obj.names))
    return Vector(obj.key_type, list(obj.items))


@function("values")
def values(context, obj):
    if isinstance(obj, Table):
        return Vector(ANY, list(obj.columns))
    return Vector(obj.value_type, list(obj.items.values()))


@function("each")
def each(context, func, *arguments):
    interpreter = Interpreter(context)
    columns = [Interpreter._items(argument) for argument in arguments]
    return vector_of([interpreter.apply(func, list(row)) or NULL for row in zip(*columns)])


# texts


@function("string")
def string_(context, X):
    return mapped(X, STRING, item_text)


@function("lpad")
def lpad(context, str, length, pattern=None):
    fill = " " if pattern is None else text_of(pattern)
    return mapped(
        str, STRING, lambda _, item: item.rjust(length.value, fill) if len(item) < length.value else item[: length.value]
    )


@function("concat")
def concat(context, X, Y=None):
    return string(("" if Y is None else text_of(Y)).join(item or "" for item in X.items))


@function("split")
def split(context, str, delimiter=None):
    return Vector(STRING, text_of(str).split("," if delimiter is None else text_of(delimiter)))


@function("strlen")
def strlen(context, X):
    return mapped(X, INT, lambda _, item: len(item))


# times


def _seconds(kind, item):
    scale = {DATE: 1 / DAY, DATETIME: 1, TIMESTAMP: 1000}.get(kind)
    if scale is None:
        raise EngineError("The argument must be of type DATE, DATETIME or TIMESTAMP.")
    return item * DAY if kind == DATE else item // scale


def _temporal(name, kind, change):
    @function(name)
    def cast(context, X):
        def one(own, item):
            read = parse_temporal(item) if own == STRING else Scalar(own, item)
            return None if read is None else change(_seconds(read.type, read.value))

        return mapped(X, kind, one)

    return cast


_temporal("date", DATE, lambda seconds: seconds // DAY)
_temporal("datetime", DATETIME, lambda seconds: seconds)
_temporal("timestamp", TIMESTAMP, lambda seconds: seconds * 1000)


@function("now")
def now(context, *_):
    return Scalar(TIMESTAMP, int(time.time() * 1000))


@function("today")
def today(context):
    return Scalar(DATE, int(time.time()) // DAY)
