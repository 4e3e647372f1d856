"""The files of the job, by pyinfra's own operation."""

from io import StringIO

from pyinfra import host
from pyinfra.operations import files

for path, content in host.data.files.items():
    files.put(name="File", src=StringIO(content), dest=path, user="root", group="root", mode="644", create_remote_dir=False)
