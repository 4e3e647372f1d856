"""Versions such as 4.2.7, and 4.2.7-CE as the MetaDB has them."""


def numbers(version):
    return tuple(int(part) for part in version.removesuffix("-CE").split("."))


def at_least(version, other):
    return numbers(version) >= numbers(other)


def edition(version):
    return f"{version}-CE"
