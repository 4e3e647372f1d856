"""Removes what deploy.py made; logs and data of ODC are kept."""

import json
import os

from pyinfra import host
from pyinfra.operations import docker, files, server

with open(os.path.join(os.environ["JOB_FOLDER"], "job.json"), encoding="utf-8") as file:
    job = json.load(file)
is_proxy = host.name == job["proxy"]
wanted = job["nginx"] if is_proxy else job["odc"]

docker.container(name="Stop", container=wanted["name"], start=False)
# with start left at its default the operation would try to start what it has just removed
docker.container(name="Remove", container=wanted["name"], present=False, start=False)
docker.image(name="Image", image=wanted["image"], present=False)
if is_proxy:
    directory = wanted["directory"]
    files.directory(name="Configuration", path=directory, present=False)
    server.shell(
        name="Directory of all configurations",
        commands=[f"test ! -d {os.path.dirname(directory)} || rmdir --ignore-fail-on-non-empty {os.path.dirname(directory)}"],
    )
else:
    files.file(name="Environment", path=f"/root/{wanted['name']}.env", present=False)
