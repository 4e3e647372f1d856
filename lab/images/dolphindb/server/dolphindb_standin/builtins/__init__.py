"""The engine's functions, by what they are about."""

from . import cluster, files, general, license, nodes, numbers, users

assert all((cluster, files, general, license, nodes, numbers, users))
