"""The job as pyinfra's own operations do it."""

import json
import os

from pyinfra import host
from pyinfra.facts.docker import DockerImage
from pyinfra.operations import docker, files, server

with open(os.path.join(os.environ["JOB_FOLDER"], "job.json"), encoding="utf-8") as file:
    job = json.load(file)
odc, nginx = job["odc"], job["nginx"]


def image(wanted):
    """Uploads and loads the image where it is missing; docker.image can only pull."""
    if host.get_fact(DockerImage, object_id=wanted["image"]):
        return
    staged = f"/var/tmp/{wanted['name']}.tar.gz"
    files.put(name="Upload the image", src=wanted["tarball"], dest=staged, mode="600")
    server.shell(name="Load the image", commands=[f"docker load -q -i {staged} && rm {staged}"])


def container(wanted, more, **arguments):
    """docker.container knows none of the settings in extra_args, and compares none of a container that is there."""
    return docker.container(
        name="Container",
        container=wanted["name"],
        image=wanted["image"],
        networks=[wanted["networkMode"]],
        restart_policy=wanted["restart"],
        volumes=wanted["volumes"],
        extra_args=[
            f"--ipc={wanted['ipcMode']}",
            f"--log-driver={wanted['logDriver']}",
            *(f"--log-opt={name}={value}" for name, value in wanted["logOptions"].items()),
            *more,
        ],
        **arguments,
    )


def wait_for(port, path, pattern, limit, **arguments):
    url = f"http://127.0.0.1:{port}{path}"
    server.shell(
        name=f"Wait for {path}",
        commands=[f"timeout {limit} sh -c 'until curl -s -m 5 {url} | grep -q {pattern}; do sleep 1; done'"],
        **arguments,
    )


def node():
    for directory in odc["directories"]:
        files.directory(name="Directory", path=directory, user="root", group="root", mode="755")
    image(odc)
    # docker.container would show the secrets of env_vars in the process list
    files.put(
        name="Environment",
        src=os.path.join(job["folder"], f"{host.name}.env"),
        dest=f"/root/{odc['name']}.env",
        user="root",
        group="root",
        mode="600",
    )


def start_node(name):
    """
    Every host gets these operations and one carries them out: only operations that hosts share keep their order across
    hosts, so that a node waits for the one before it.
    """

    def here():
        return host.name == name

    container(
        odc,
        [
            "--interactive",
            f"--cpu-period={odc['cpuPeriod']}",
            f"--cpu-quota={odc['cpuQuota']}",
            f"--memory-swap={odc['memoryMiB'] * 2}m",
        ],
        memory=f"{odc['memoryMiB']}m",
        env_files=[f"/root/{odc['name']}.env"],
        _if=here,
    )
    wait_for(odc["port"], job["healthPath"], "data.*true", 300, _if=here)
    wait_for(odc["port"], job["versionPath"], "version", 60, _if=here)


def proxy():
    configuration = files.put(
        name="Configuration",
        src=os.path.join(job["folder"], "nginx.conf"),
        dest=f"{nginx['directory']}/nginx.conf",
        user="root",
        group="root",
        mode="644",
    )
    mount = f"-v {nginx['directory']}/nginx.conf:{nginx['configFile']}:ro"
    test = f"docker run --rm --network host {mount} {nginx['image']} nginx -t -q -c {nginx['configFile']}"
    server.shell(name="Check the configuration", commands=[test], _if=configuration.did_change)
    started = container(nginx, [], command=f"nginx -g 'daemon off;' -c {nginx['configFile']}")
    server.shell(
        name="Take the configuration over",
        commands=[f"docker exec {nginx['name']} nginx -s reload -c {nginx['configFile']}"],
        _if=[configuration.did_change, started.did_not_change],
    )
    wait_for(nginx["port"], job["healthPath"], "data.*true", 60)


if host.name == job["proxy"]:
    files.directory(name="Directory", path=nginx["directory"], user="root", group="root", mode="755")
    image(nginx)
else:
    node()

for name in job["nodes"]:
    start_node(name)

if host.name == job["proxy"]:
    proxy()
