"""The binary form of values, little endian, as the vendor's clients read and write it."""

import struct

from .values import (
    ANY,
    BOOL,
    CHAR,
    DOUBLE,
    EngineError,
    FLOAT,
    FUNCTIONDEF,
    HANDLE,
    INT,
    LONG,
    NULL,
    RESOURCE,
    SHORT,
    STRING,
    SYMBOL,
    UUID,
    VOID,
    DATE,
    MONTH,
    TIME,
    MINUTE,
    SECOND,
    DATETIME,
    TIMESTAMP,
    NANOTIME,
    NANOTIMESTAMP,
    Dictionary,
    Pair,
    Scalar,
    Table,
    Vector,
)

SCALAR, VECTOR, PAIR, MATRIX, SET, DICTIONARY, TABLE = range(7)
_FORMATS = {
    BOOL: "b",
    CHAR: "b",
    SHORT: "h",
    INT: "i",
    DATE: "i",
    MONTH: "i",
    TIME: "i",
    MINUTE: "i",
    SECOND: "i",
    DATETIME: "i",
    LONG: "q",
    TIMESTAMP: "q",
    NANOTIME: "q",
    NANOTIMESTAMP: "q",
    FLOAT: "f",
    DOUBLE: "d",
}
_NULLS = {
    "b": -(2**7),
    "h": -(2**15),
    "i": -(2**31),
    "q": -(2**63),
    "f": struct.unpack("<f", b"\xff\xff\x7f\xff")[0],
    "d": struct.unpack("<d", b"\xff\xff\xff\xff\xff\xff\xef\xff")[0],
}
# texts on the wire; the vendor's server sends symbols by number, which its clients need not get
_TEXTS = (STRING, SYMBOL, FUNCTIONDEF, HANDLE, RESOURCE)


def _text(value):
    return ("" if value is None else str(value)).encode().replace(b"\0", b"") + b"\0"


def _items(type, items):
    if type in _TEXTS:
        return b"".join(map(_text, items))
    if type == VOID:
        return b"\0" * len(items)
    if type == UUID:
        return b"".join(bytes.fromhex(item.replace("-", ""))[::-1] if item else bytes(16) for item in items)
    code = _FORMATS[type]
    null = _NULLS[code]
    return struct.pack(f"<{len(items)}{code}", *(null if item is None else item for item in items))


def _wrapped(item):
    return (
        item if not isinstance(item, (str, int, float, type(None))) else Scalar(STRING if isinstance(item, str) else DOUBLE, item)
    )


def encode(value):
    """A value with its type and form before it."""
    if isinstance(value, Scalar):
        return bytes([STRING if value.type == SYMBOL else value.type, SCALAR]) + _items(value.type, [value.value])
    if isinstance(value, Vector):
        form = PAIR if isinstance(value, Pair) else VECTOR
        head = bytes([STRING if value.type == SYMBOL else value.type, form]) + struct.pack("<ii", len(value), 1)
        if value.type == ANY:
            return head + b"".join(encode(_wrapped(item)) for item in value.items)
        return head + _items(value.type, value.items)
    if isinstance(value, Dictionary):
        keys = Vector(value.key_type, list(value.items.keys()))
        values = Vector(value.value_type, list(value.items.values()))
        return bytes([value.value_type, DICTIONARY]) + encode(keys) + encode(values)
    if isinstance(value, Table):
        head = bytes([0, TABLE]) + struct.pack("<ii", len(value), len(value.columns)) + b"\0"
        return head + b"".join(map(_text, value.names)) + b"".join(map(encode, value.columns))
    return encode(Scalar(STRING, str(value)))


class Reader:
    """Reads values from a file of bytes."""

    def __init__(self, file):
        self.file = file

    def exactly(self, size):
        found = self.file.read(size)
        if len(found) != size:
            raise ConnectionError("the client went in mid-request")
        return found

    def text(self):
        found = bytearray()
        while (byte := self.exactly(1)) != b"\0":
            found += byte
        return found.decode()

    def value(self):
        type, form = self.exactly(2)
        if form == SCALAR:
            return NULL if type == VOID and self.exactly(1) else Scalar(type, self.items(type, 1)[0])
        if form in (VECTOR, PAIR):
            rows, _ = struct.unpack("<ii", self.exactly(8))
            if type == 128 + SYMBOL:
                return Vector(SYMBOL, self.symbols(rows))
            items = [self.plain() for _ in range(rows)] if type == ANY else self.items(type, rows)
            return (Pair if form == PAIR else Vector)(type, items)
        if form == DICTIONARY:
            keys, values = self.value(), self.value()
            return Dictionary(keys.type, values.type, dict(zip(keys.items, values.items)))
        if form == TABLE:
            _, columns = struct.unpack("<ii", self.exactly(8))
            self.text()
            names = [self.text() for _ in range(columns)]
            return Table(names, [self.value() for _ in range(columns)])
        raise EngineError(f"the stand-in does not read values of form {form}")

    def plain(self):
        """An item of a vector of any type."""
        value = self.value()
        return value.value if isinstance(value, Scalar) and value.type == STRING else value

    def symbols(self, rows):
        _, size = struct.unpack("<ii", self.exactly(8))
        base = [self.text() for _ in range(size)]
        return [base[number] for number in struct.unpack(f"<{rows}i", self.exactly(4 * rows))]

    def items(self, type, count):
        if type in _TEXTS:
            return [self.text() for _ in range(count)]
        if type == VOID:
            self.exactly(count)
            return [None] * count
        if type == UUID:
            return [self.exactly(16)[::-1].hex() for _ in range(count)]
        if type not in _FORMATS:
            raise EngineError(f"the stand-in does not read values of type {type}")
        code = _FORMATS[type]
        found = struct.unpack(f"<{count}{code}", self.exactly(struct.calcsize(f"<{code}") * count))
        return [None if item == _NULLS[code] else bool(item) if type == BOOL else item for item in found]
