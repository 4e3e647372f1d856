"""The JSON interface's form of values: numbers of scalars and sizes are texts."""

from .values import (
    ANY,
    BOOL,
    DOUBLE,
    EngineError,
    FLOATS,
    INTEGERS,
    NULL,
    STRING,
    TEMPORALS,
    TYPES_BY_NAME,
    TYPE_NAMES,
    VOID,
    Dictionary,
    Pair,
    Scalar,
    Table,
    Vector,
    item_text,
    parse_temporal,
)


def value_of(param):
    """The argument that a request gives."""
    form, type = param.get("form"), TYPES_BY_NAME.get(str(param.get("type")).upper())
    if type is None:
        raise EngineError(f"Unknown data type {param.get('type')}.")
    if form == "scalar":
        return NULL if type == VOID else Scalar(type, _read(type, param.get("value")))
    if form in ("vector", "pair"):
        items = [_read(type, item) for item in param.get("value") or []]
        return (Pair if form == "pair" else Vector)(type, items)
    if form == "table":
        columns = [value_of({"form": "vector", **column}) for column in param["value"]]
        return Table([column["name"] for column in param["value"]], columns)
    raise EngineError(f"Unknown data form {form}.")


def _read(type, item):
    if item is None or (item == "" and type != STRING):
        return None
    if type == BOOL:
        return item in (True, "1", "true", 1)
    if type in INTEGERS:
        return int(item)
    if type in FLOATS:
        return float(item)
    if type in TEMPORALS:
        read = parse_temporal(str(item))
        return None if read is None else read.value
    return str(item)


def object_of(value):
    """A value as the interface answers it."""
    if isinstance(value, Scalar):
        return {"name": "", "form": "scalar", "type": TYPE_NAMES[value.type], "value": _scalar(value)}
    if isinstance(value, Vector):
        form = "pair" if isinstance(value, Pair) else "vector"
        return {**_vector("", value), "form": form}
    if isinstance(value, Dictionary):
        keys = _vector("", Vector(value.key_type, list(value.items.keys())))
        values = _vector("", Vector(value.value_type, list(value.items.values())))
        return {"name": "", "form": "dictionary", "size": str(len(value.items)), "value": [keys, values]}
    if isinstance(value, Table):
        columns = [_vector(name, column) for name, column in zip(value.names, value.columns)]
        return {"name": "", "form": "table", "size": str(len(value)), "value": columns}
    return {"name": "", "form": "scalar", "type": "string", "value": str(value)}


def _scalar(value):
    return "" if value.value is None else item_text(value.type, value.value)


def _vector(name, vector):
    type = STRING if vector.type == ANY else vector.type
    return {
        "name": name,
        "form": "vector",
        "type": TYPE_NAMES[type],
        "size": str(len(vector)),
        "value": [_cell(vector.type, item) for item in vector.items],
    }


def _cell(type, item):
    if type == ANY:
        return _scalar(item) if isinstance(item, Scalar) else "" if item is None else str(item)
    if item is None:
        return None
    if type == BOOL:
        return bool(item)
    if type in INTEGERS:
        return item
    if type == DOUBLE or type in FLOATS:
        return float(item)
    return item_text(type, item)
