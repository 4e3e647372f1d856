"""
oms_cluster_config --check FILE: checks config.yaml and writes it again in quotes; ends with 1 when it is refused.
oms_cluster_config --prepare FILE: the same at the container's start, where a refusal ends nothing.
"""

import sys

from oms_standin.configuration import Refused, read, rewrite


def main(mode, path):
    try:
        config = read(path)
    except Refused as refused:
        for problem in refused.problems:
            print(f"ERROR {path}: {problem}", file=sys.stderr)
        return 1 if mode == "--check" else 0
    rewrite(path)
    print(f"use config {path}")
    if mode == "--check":
        print(f"cm_url {config.cm_url}, cm_location {config.location}, cm_nodes {', '.join(config.nodes)}")
    return 0


sys.exit(main(*sys.argv[1:]))
