"""`python -m oms_standin.port NAME` prints a port: that of config.yaml, else the usual one."""

import sys

from .configuration import CONFIG, PORTS, Refused, read


def port(name):
    try:
        return read(CONFIG).ports[name]
    except Refused:
        return PORTS[name][1]


print(port(sys.argv[1]))
