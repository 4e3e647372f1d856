"""Which partition a row belongs to."""

from .values import DATE, DATETIME, DAY, MONTH, NANOTIMESTAMP, TIMESTAMP, EngineError, temporal_text

SEQ, VALUE, RANGE, LIST, COMPO, HASH = range(6)
KINDS = {"SEQ": SEQ, "VALUE": VALUE, "RANGE": RANGE, "LIST": LIST, "COMPO": COMPO, "HASH": HASH}
_SCALES = {DATETIME: DAY, TIMESTAMP: DAY * 1000, NANOTIMESTAMP: DAY * 10**9}


def converted(item, type, wanted):
    """A time as one of the scheme's type."""
    if type == wanted or item is None:
        return item
    if wanted in (DATE, MONTH) and type in (*_SCALES, DATE):
        day = item if type == DATE else item // _SCALES[type]
        if wanted == DATE:
            return day
        year, month = temporal_text(DATE, day).split(".")[:2]
        return int(year) * 12 + int(month) - 1
    return item


def partition_of(spec, item, type, adds):
    """
    The name of the partition of one column's item; None for a row that the scheme has no place for.
    @param spec `kind`, `type` and `scheme` of a database
    @param adds whether values that are new get a partition of their own
    """
    kind = spec["kind"]
    if item is None:
        return None
    if kind == HASH:
        number = item if isinstance(item, int) else sum(item.encode())
        return f"Key{number % spec['scheme'][0]}"
    item = converted(item, type, spec["type"])
    if kind == VALUE:
        if item not in spec["scheme"] and not adds:
            return None
        return temporal_text(spec["type"], item).replace(".", "") if spec["type"] in (DATE, MONTH) else str(item)
    if kind == RANGE:
        for low, high in zip(spec["scheme"], spec["scheme"][1:]):
            if low <= item < high:
                texts = [
                    temporal_text(spec["type"], one).replace(".", "") if spec["type"] in (DATE, MONTH) else str(one)
                    for one in (low, high)
                ]
                return "_".join(texts)
        return None
    raise EngineError("the stand-in partitions by VALUE, RANGE and HASH, and by several of them")
