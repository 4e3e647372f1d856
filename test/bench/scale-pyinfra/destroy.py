"""Removes what deploy.py made."""

from pyinfra import host
from pyinfra.operations import files

for path in host.data.files:
    files.file(name="File", path=path, present=False)
