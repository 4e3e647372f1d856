"""Functions on numbers."""

import math
import random
import statistics
import time

from ..registry import function
from ..script.arithmetic import binary
from ..values import BOOL, CHAR, DOUBLE, FLOATS, FLOAT, INT, LONG, SHORT, SYMBOL, EngineError, NULL, Scalar, Vector
from .general import mapped


def _cast(name, kind, change):
    @function(name)
    def cast(context, X):
        return mapped(X, kind, lambda _, item: change(item))


for _name, _kind, _change in (
    ("bool", BOOL, bool),
    ("char", CHAR, int),
    ("short", SHORT, int),
    ("int", INT, int),
    ("long", LONG, int),
    ("float", FLOAT, float),
    ("double", DOUBLE, float),
    ("symbol", SYMBOL, str),
):
    _cast(_name, _kind, _change)


def _folded(name, fold, kind_of=lambda kind: kind):
    @function(name)
    def folded(context, X):
        if isinstance(X, Scalar):
            X = Vector(X.type, [X.value])
        items = [item for item in X.items if item is not None]
        return Scalar(kind_of(X.type), fold(items) if items else None)


_folded("sum", sum, lambda kind: kind if kind in FLOATS else LONG)
_folded("avg", statistics.fmean, lambda _: DOUBLE)
_folded("mean", statistics.fmean, lambda _: DOUBLE)
_folded("max", max)
_folded("min", min)
_folded("first", lambda items: items[0])
_folded("last", lambda items: items[-1])
_folded("all", all, lambda _: BOOL)
_folded("any", any, lambda _: BOOL)


@function("abs")
def abs_(context, X):
    return mapped(X, X.type, lambda _, item: abs(item))


@function("round")
def round_(context, X, precision=None):
    digits = 0 if precision is None else precision.value
    return mapped(X, DOUBLE if digits else LONG, lambda _, item: round(item, digits) if digits else math.floor(item + 0.5))


@function("rand")
def rand(context, X, count):
    if isinstance(X, Vector):
        return Vector(X.type, random.choices(X.items, k=count.value))
    if X.type in FLOATS:
        return Vector(X.type, [random.uniform(0, X.value) for _ in range(count.value)])
    return Vector(X.type, [random.randrange(X.value) for _ in range(count.value)])


@function("til")
def til(context, n):
    return Vector(INT, list(range(n.value)))


@function("seq")
def seq(context, start, end):
    return Vector(start.type, list(range(start.value, end.value + 1)))


@function("sort")
def sort(context, X, ascending=None):
    is_up = ascending is None or bool(ascending.value)
    return Vector(X.type, sorted(X.items, key=lambda item: (item is not None, item), reverse=not is_up))


@function("distinct")
def distinct(context, X):
    return Vector(X.type, list(dict.fromkeys(X.items)))


@function("in")
def in_(context, X, Y):
    return mapped(X, BOOL, lambda _, item: item in Y.items)


@function("iif")
def iif(context, cond, trueResult, falseResult):
    return trueResult if cond.value else falseResult


@function("add")
def add(context, X, Y):
    return binary("+", X, Y)


@function("sleep")
def sleep(context, milliseconds):
    if milliseconds is NULL:
        raise EngineError("milliseconds must be a positive integer.")
    time.sleep(milliseconds.value / 1000)
