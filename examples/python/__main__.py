"""ODC in high-availability mode on three hosts."""

import pulumi
import pulumi_dbha as dbha

config = pulumi.Config()
p1 = dbha.Host("p1", address="10.0.0.11", host_keys=["ssh-ed25519 AAAA...1"])
p2 = dbha.Host("p2", address="10.0.0.12", host_keys=["ssh-ed25519 AAAA...2"])
p3 = dbha.Host("p3", address="10.0.0.13", host_keys=["ssh-ed25519 AAAA...3"])

odc = dbha.OdcHaDeployment(
    "odc",
    nodes=[p1, p2],
    image={"tarballs": {"amd64": "images/odc-4.3.1.tar.gz"}},
    meta_db={
        "host": "10.0.0.9",
        "port": 2883,
        "username": "odc@meta#ob",
        "password": config.require_secret("metaDbPassword"),
    },
    proxy={"hosts": [p3], "image": {"tarballs": {"amd64": "images/nginx.tar.gz"}}},
)

pulumi.export("url", odc.url)
pulumi.export("nodes", odc.nodes)
pulumi.export("adminPassword", odc.admin_password)
