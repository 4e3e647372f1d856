"""
Files that controllers write for others to read and to back up. The group's own files count; these are what a backup without them would
be checked by: users in sysmgmt, databases and chunks in dfsMeta.
"""

import json
import os


def write_file(path, lines):
    """Writes lines in place of a file, unless they are there already."""
    text = "".join(f"{line}\n" for line in lines)
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.tmp", "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{path}.tmp", path)


def write_state(home, meta_directory, data):
    write_file(os.path.join(home, "sysmgmt", "aclCheckPoint.meta"), [json.dumps(data["users"], sort_keys=True)])
    meta = {"version": data["version"], "databases": data["databases"], "chunks": data["chunks"]}
    write_file(os.path.join(meta_directory, "DFSMasterMetaCheckpoint.0"), [json.dumps(meta, sort_keys=True)])
