"""Values of the engine: a type, a form, and plain Python values within. None is NULL."""

import datetime
import re
from dataclasses import dataclass, field

VOID, BOOL, CHAR, SHORT, INT, LONG, DATE, MONTH, TIME, MINUTE, SECOND, DATETIME, TIMESTAMP = range(13)
NANOTIME, NANOTIMESTAMP, FLOAT, DOUBLE, SYMBOL, STRING, UUID, FUNCTIONDEF, HANDLE = range(13, 22)
RESOURCE, ANY = 24, 25

TYPE_NAMES = {
    VOID: "void",
    BOOL: "bool",
    CHAR: "char",
    SHORT: "short",
    INT: "int",
    LONG: "long",
    DATE: "date",
    MONTH: "month",
    TIME: "time",
    MINUTE: "minute",
    SECOND: "second",
    DATETIME: "datetime",
    TIMESTAMP: "timestamp",
    NANOTIME: "nanotime",
    NANOTIMESTAMP: "nanotimestamp",
    FLOAT: "float",
    DOUBLE: "double",
    SYMBOL: "symbol",
    STRING: "string",
    UUID: "uuid",
    FUNCTIONDEF: "functiondef",
    HANDLE: "handle",
    RESOURCE: "resource",
    ANY: "any",
}
TYPES_BY_NAME = {name.upper(): type for type, name in TYPE_NAMES.items()}
TEXTS = (SYMBOL, STRING)
INTEGERS = (BOOL, CHAR, SHORT, INT, LONG)
FLOATS = (FLOAT, DOUBLE)
DAY = 24 * 3600
EPOCH = datetime.datetime(1970, 1, 1)


class EngineError(Exception):
    """What a client is told in place of a value."""


@dataclass
class Scalar:
    type: int
    value: object


@dataclass
class Vector:
    type: int
    items: list

    def __len__(self):
        return len(self.items)


class Pair(Vector):
    """Two values of one type, written 1:0."""


@dataclass
class Dictionary:
    key_type: int
    value_type: int
    items: dict = field(default_factory=dict)


@dataclass
class Table:
    names: list
    columns: list

    def __len__(self):
        return len(self.columns[0]) if self.columns else 0

    def column(self, name):
        for own, column in zip(self.names, self.columns):
            if own.lower() == name.lower():
                return column
        raise EngineError(f"Can't recognize column name {name}")


NULL = Scalar(VOID, None)


def string(text):
    return Scalar(STRING, text)


def integer(number):
    return Scalar(INT if -(2**31) < number < 2**31 else LONG, number)


def boolean(value):
    return Scalar(BOOL, bool(value))


def strings(items):
    return Vector(STRING, list(items))


def table(columns):
    """A table of `(name, type, items)`."""
    return Table([name for name, _, _ in columns], [Vector(type, list(items)) for _, type, items in columns])


def text_of(value, what="The argument"):
    if isinstance(value, Scalar) and value.type in TEXTS and value.value is not None:
        return value.value
    raise EngineError(f"{what} must be a string.")


def texts_of(value, message):
    """A string or a vector of them, as a list."""
    if isinstance(value, Scalar) and value.type in TEXTS:
        return [value.value]
    if isinstance(value, Vector) and all(isinstance(item, str) for item in value.items):
        return list(value.items)
    raise EngineError(message)


def int_of(value, what="The argument"):
    if isinstance(value, Scalar) and value.type in INTEGERS and value.value is not None:
        return int(value.value)
    raise EngineError(f"{what} must be an integer.")


def truth(value):
    if isinstance(value, Scalar):
        return bool(value.value)
    raise EngineError("A scalar object is expected. But the actual object is a vector.")


def rows_of(value):
    """Items of a scalar or vector."""
    return value.items if isinstance(value, Vector) else [value.value]


def temporal_text(type, value):
    """A value of time as the engine writes it."""
    if value is None:
        return ""
    if type == MONTH:
        return f"{value // 12:04d}.{value % 12 + 1:02d}M"
    if type == MINUTE:
        return f"{value // 60:02d}:{value % 60:02d}m"
    if type in (SECOND, TIME):
        seconds, rest = (value, "") if type == SECOND else (value // 1000, f".{value % 1000:03d}")
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{rest}"
    scale = {DATE: 1 / DAY, DATETIME: 1, TIMESTAMP: 1000, NANOTIMESTAMP: 10**9}[type]
    seconds = value * DAY if type == DATE else value // scale
    moment = EPOCH + datetime.timedelta(seconds=seconds)
    if type == DATE:
        return moment.strftime("%Y.%m.%d")
    text = moment.strftime("%Y.%m.%dT%H:%M:%S")
    return text if type == DATETIME else f"{text}.{value % scale:0{len(str(scale)) - 1}d}"


TEMPORALS = (DATE, MONTH, TIME, MINUTE, SECOND, DATETIME, TIMESTAMP, NANOTIMESTAMP)


def parse_temporal(text):
    """A scalar of a literal like 2021.01.01 or 09:30:00; None for anything else."""
    found = re.fullmatch(r"(\d{4})\.(\d\d)\.(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}|\d{9}))?)?)?", text)
    if found:
        year, month, day, hour, minute, second, rest = found.groups()
        days = (datetime.datetime(int(year), int(month), int(day)) - EPOCH).days
        if hour is None:
            return Scalar(DATE, days)
        seconds = days * DAY + int(hour) * 3600 + int(minute) * 60 + int(second or 0)
        if rest is None:
            return Scalar(DATETIME, seconds)
        return Scalar(TIMESTAMP if len(rest) == 3 else NANOTIMESTAMP, seconds * 10 ** len(rest) + int(rest))
    found = re.fullmatch(r"(\d{4})\.(\d\d)M", text)
    if found:
        return Scalar(MONTH, int(found[1]) * 12 + int(found[2]) - 1)
    found = re.fullmatch(r"(\d\d):(\d\d)(?:m|:(\d\d)(?:\.(\d{3}))?)", text)
    if not found:
        return None
    hour, minute, second, rest = found.groups()
    if second is None:
        return Scalar(MINUTE, int(hour) * 60 + int(minute))
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    return Scalar(SECOND, seconds) if rest is None else Scalar(TIME, seconds * 1000 + int(rest))


def item_text(type, value):
    """One item as the engine prints it."""
    if value is None:
        return ""
    if type in TEMPORALS:
        return temporal_text(type, value)
    if type == BOOL:
        return "1" if value else "0"
    if type in FLOATS:
        return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
