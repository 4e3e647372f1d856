"""oms_cluster_manager add_resource: notes region, CM and nodes of config.yaml in the MetaDB."""

import sys

import pymysql

from oms_standin.configuration import CONFIG, Refused, read
from oms_standin.resources import add_resource

try:
    add_resource(read(CONFIG))
except Refused as refused:
    sys.exit("\n".join(f"ERROR {problem}" for problem in refused.problems))
except pymysql.MySQLError as error:
    sys.exit(f"{type(error).__module__}.{type(error).__qualname__}: {error}")
