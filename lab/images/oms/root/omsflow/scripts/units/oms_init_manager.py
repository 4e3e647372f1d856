"""
oms_init_manager --init-db: makes databases, tables and first rows in the MetaDB, or changes them to this version's.
oms_init_manager --init-config-file: writes the configuration files of the components.
"""

import os
import sys

import pymysql

from oms_standin import component_files, initialisation
from oms_standin.configuration import CONFIG, Refused, read


def main(mode):
    print(f"/root/omsflow\nuse config {CONFIG}\n")
    config = read(CONFIG)
    if mode == "--init-config-file":
        component_files.write(config, os.environ["OMS_STANDIN_VERSION"])
    else:
        initialisation.initialise(config, os.environ["OMS_STANDIN_VERSION"], os.environ.get("IS_UPGRADE") == "true")


try:
    main(*sys.argv[1:])
except Refused as refused:
    sys.exit("\n".join(f"ERROR {problem}" for problem in refused.problems))
except pymysql.MySQLError as error:
    # the vendor's ends with a traceback that has the same last line
    sys.exit(f"{type(error).__module__}.{type(error).__qualname__}: {error}")
