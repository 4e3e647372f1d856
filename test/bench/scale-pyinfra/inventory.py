"""The hosts of the job."""

import json
import os

with open(os.environ["SCALE_JOB"], encoding="utf-8") as file:
    job = json.load(file)

hosts = [
    (
        host["data"]["name"],
        {
            "ssh_hostname": host["data"]["address"],
            "ssh_port": host["data"]["port"],
            "ssh_user": host["data"]["user"],
            "ssh_key": job["privateKeyFile"],
            "ssh_known_hosts_file": job["knownHostsFile"],
            "ssh_strict_host_key_checking": "yes",
            "ssh_allow_agent": False,
            "ssh_look_for_keys": False,
            "files": host["files"],
        },
    )
    for host in job["hosts"]
]
