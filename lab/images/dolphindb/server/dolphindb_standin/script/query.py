"""Runs a query over a table in memory, or over the rows of a partitioned one."""

from ..values import INT, EngineError, Scalar, Table, Vector
from . import arithmetic


def run_query(interpreter, kind, columns, source, where, groups, orders, count):
    found = interpreter.value(source)
    if hasattr(found, "count_rows"):
        if _is_count(columns) and not where and not groups:
            return _shaped(kind, ["count"], [Scalar(INT, found.count_rows())])
        found = found.rows(_names_in([columns, where, groups, orders]))
    if not isinstance(found, Table):
        raise EngineError("FROM clause must end with a table")
    for condition in where:
        mask = _scope(interpreter, found).value(condition)
        found = _filtered(found, [number for number, is_in in enumerate(_spread(mask, len(found)).items) if is_in])
    if groups:
        result = _grouped(interpreter, columns, found, groups)
    else:
        result = _plain(interpreter, kind, columns, found)
    if isinstance(result, Table):
        for expression, is_down in reversed(orders):
            keys = _spread(_scope(interpreter, result).value(expression), len(result)).items
            order = sorted(range(len(result)), key=lambda number: (keys[number] is not None, keys[number]), reverse=is_down)
            result = _filtered(result, order)
        if count is not None:
            result = _filtered(result, range(min(len(result), interpreter.value(count).value)))
        if kind == "exec" and len(result.columns) == 1:
            return result.columns[0]
    return result


def _plain(interpreter, kind, columns, found):
    scope = _scope(interpreter, found)
    names, values = [], []
    for name, expression in columns:
        if expression == ("star",):
            names += found.names
            values += found.columns
            continue
        names.append(name)
        values.append(Scalar(INT, len(found)) if _is_count([(name, expression)]) else scope.value(expression))
    return _shaped(kind, names, values)


def _shaped(kind, names, values):
    if all(isinstance(value, Scalar) for value in values):
        if kind == "exec" and len(values) == 1:
            return values[0]
        return Table(names, [Vector(value.type, [value.value]) for value in values])
    size = max(len(value) for value in values if isinstance(value, Vector))
    return Table(names, [_spread(value, size) for value in values])


def _grouped(interpreter, columns, found, groups):
    scope = _scope(interpreter, found)
    keys = [_spread(scope.value(expression), len(found)) for _, expression in groups]
    rows = {}
    for number, key in enumerate(zip(*(key.items for key in keys))):
        rows.setdefault(key, []).append(number)
    order = sorted(rows, key=lambda key: [(item is not None, item) for item in key])
    results = [[] for _ in columns]
    for key in order:
        part = _filtered(found, rows[key])
        part_scope = _scope(interpreter, part)
        for result, (name, expression) in zip(results, columns):
            result.append(Scalar(INT, len(part)) if _is_count([(name, expression)]) else part_scope.value(expression))
    names = [name for name, _ in groups] + [name for name, _ in columns]
    heads = [Vector(vector.type, [key[at] for key in order]) for at, vector in enumerate(keys)]
    tails = [Vector(_type_of(result), [one.value for one in result]) for result in results]
    return Table(names, heads + tails)


def _type_of(values):
    return arithmetic.common_type({value.type for value in values}) if values else INT


def _scope(interpreter, table):
    """An interpreter in which names are the table's columns first."""
    columns = dict(zip(table.names, table.columns))
    return type(interpreter)(interpreter.context, {**interpreter.scope, **columns})


def _filtered(table, numbers):
    numbers = list(numbers)
    return Table(table.names, [Vector(column.type, [column.items[number] for number in numbers]) for column in table.columns])


def _spread(value, size):
    return value if isinstance(value, Vector) else Vector(value.type, [value.value] * size)


def _is_count(columns):
    return len(columns) == 1 and columns[0][1][:3] == ("call", ("name", "count"), [("star",)])


def _names_in(expressions):
    """Names that a query speaks of; None for all columns."""
    found, has_star = set(), False

    def visit(part, is_argument):
        nonlocal has_star
        if part == ("star",):
            has_star = has_star or not is_argument
        elif isinstance(part, tuple) and len(part) == 2 and part[0] == "name":
            found.add(part[1])
        elif isinstance(part, (tuple, list)):
            inside = isinstance(part, tuple) and part[:1] == ("call",)
            for each in part:
                visit(each, is_argument or inside)
        elif isinstance(part, dict):
            visit(list(part.values()), is_argument)

    visit(expressions, False)
    return None if has_star else found
