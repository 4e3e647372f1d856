"""Operators, item by item."""

import operator

from ..values import (
    BOOL,
    DATE,
    DATETIME,
    DOUBLE,
    FLOATS,
    INT,
    INTEGERS,
    LONG,
    SECOND,
    STRING,
    TEMPORALS,
    TEXTS,
    TIMESTAMP,
    VOID,
    DAY,
    EngineError,
    Pair,
    Scalar,
    Vector,
)

_COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def common_type(types):
    """The type that holds items of all; None where there is none."""
    types = set(types)
    if len(types) == 1:
        return types.pop()
    if types <= set(INTEGERS):
        return max(types)
    if types <= set(INTEGERS) | set(FLOATS):
        return DOUBLE
    return STRING if types <= set(TEXTS) else None


def _divided(left, right):
    if right == 0:
        return None
    return left // right if isinstance(left, int) and isinstance(right, int) else left / right


_FUNCTIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "\\": lambda a, b: None if b == 0 else a / b,
    "%": lambda a, b: None if b == 0 else a % b,
}


def _result_type(sign, left, right):
    if left in TEMPORALS:
        return INT if right == left and sign == "-" else left
    if right in TEMPORALS:
        return right
    if left in TEXTS or right in TEXTS:
        return STRING
    if sign == "\\":
        return DOUBLE
    return common_type({left, right} | ({INT} if BOOL in (left, right) else set()))


def each(function, type, left, right):
    """Applies a function to scalars, to vectors of one length, or to one of each."""
    if isinstance(left, Vector) and isinstance(right, Vector):
        if len(left) != len(right):
            raise EngineError("Incompatible vector size")
        return Vector(type, [function(a, b) for a, b in zip(left.items, right.items)])
    if isinstance(left, Vector):
        return Vector(type, [function(item, right.value) for item in left.items])
    if isinstance(right, Vector):
        return Vector(type, [function(left.value, item) for item in right.items])
    return Scalar(type, function(left.value, right.value))


def _aligned(left, right):
    """Times of two types are compared as the finer one's."""
    scales = {DATE: DAY * 1000, DATETIME: 1000, TIMESTAMP: 1}
    if left.type == right.type or left.type not in scales or right.type not in scales:
        return left, right
    finer = max(left.type, right.type)

    def scaled(value):
        factor = scales[value.type] // scales[finer]
        if isinstance(value, Vector):
            return Vector(finer, [None if item is None else item * factor for item in value.items])
        return Scalar(finer, None if value.value is None else value.value * factor)

    return scaled(left), scaled(right)


def binary(sign, left, right):
    if not all(isinstance(value, (Scalar, Vector)) for value in (left, right)):
        raise EngineError(f"The operator {sign} takes scalars and vectors alone.")
    if sign == ":":
        return Pair(common_type({left.type, right.type}) or left.type, [left.value, right.value])
    if sign == "..":
        step = 1 if right.value >= left.value else -1
        return Vector(left.type, list(range(left.value, right.value + step, step)))
    if sign == "&&":
        return each(lambda a, b: bool(a) and bool(b), BOOL, left, right)
    if sign == "||":
        return each(lambda a, b: bool(a) or bool(b), BOOL, left, right)
    if sign in _COMPARISONS:
        left, right = _aligned(left, right)
        if left.type not in TEXTS and right.type not in TEXTS and VOID not in (left.type, right.type):
            least = float("-inf")
            compare = _COMPARISONS[sign]
            return each(lambda a, b: compare(least if a is None else a, least if b is None else b), BOOL, left, right)
        compare = _COMPARISONS[sign]
        return each(lambda a, b: compare(a or "", b or "") if isinstance(a or b, str) else compare(a, b), BOOL, left, right)
    type = _result_type(sign, left.type, right.type)
    if type is None or sign not in _FUNCTIONS:
        raise EngineError(f"The operator {sign} is not known to the stand-in for these types.")
    function = _FUNCTIONS[sign]
    if type == STRING:
        return each(lambda a, b: f"{'' if a is None else a}{'' if b is None else b}", STRING, left, right)
    result = each(lambda a, b: None if a is None or b is None else function(a, b), type, left, right)
    return _as_day(result) if type == SECOND else result


def _as_day(value):
    """Times of a day stay within it."""
    if isinstance(value, Vector):
        return Vector(value.type, [None if item is None else item % DAY for item in value.items])
    return Scalar(value.type, None if value.value is None else value.value % DAY)


def unary(sign, value):
    if sign == "-":
        return binary("*", value, Scalar(LONG if value.type == LONG else INT, -1))
    return each(lambda a, _: not a, BOOL, value, Scalar(BOOL, None))
