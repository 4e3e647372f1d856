"""The hosts of the job: groups nodes and proxy."""

import json
import os

with open(os.path.join(os.environ["JOB_FOLDER"], "job.json"), encoding="utf-8") as file:
    job = json.load(file)


def _host(name):
    host = job["targets"][name]
    return name, {
        "ssh_hostname": host["address"],
        "ssh_port": host["port"],
        "ssh_user": host["user"],
        "ssh_key": job["privateKeyFile"],
        "ssh_known_hosts_file": job["knownHostsFile"],
        "ssh_strict_host_key_checking": "yes",
        "ssh_allow_agent": False,
        "ssh_look_for_keys": False,
    }


nodes = [_host(name) for name in job["nodes"]]
proxy = [_host(job["proxy"])]
