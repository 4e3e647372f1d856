"""Files that stay on the node."""

import os
import re
import shutil
import uuid

from .answers import Refusal

PATH = re.compile(r"/api/v2/objectstorage/files/([A-Za-z0-9][A-Za-z0-9._-]{0,99})")


def _place(settings, name):
    return os.path.join(settings.storage_directory, "files", name)


def keep(settings, name, source, size):
    """Writes what is read from `source`. @returns how much did not come, after which nothing is kept."""
    path = _place(settings, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.{uuid.uuid4().hex}"
    with open(part, "wb") as file:
        while size > 0:
            data = source.read(min(size, 1 << 20))
            if not data:
                os.unlink(part)
                return size
            size -= len(data)
            file.write(data)
    os.replace(part, path)
    return 0


def send(settings, name, handler):
    try:
        file = open(_place(settings, name), "rb")
    except FileNotFoundError as error:
        raise Refusal(404, "NotFound", f"file {name} on this node") from error
    with file:
        handler.head(200, "application/octet-stream", os.fstat(file.fileno()).st_size)
        shutil.copyfileobj(file, handler.wfile)
