"""Region, CM and nodes in the MetaDB: step 5 of docker_init.sh."""

from . import metadb, switches

CLUSTER = "INSERT IGNORE INTO cluster_info (region, region_cn, cm_url, code, is_default_cm) VALUES (%s, %s, %s, %s, %s)"
HOST = (
    "INSERT INTO host (resource_group_id, ip, host_status) VALUES (%s, %s, 'ONLINE')"
    " ON DUPLICATE KEY UPDATE resource_group_id = VALUES(resource_group_id), host_status = 'ONLINE'"
)
LOCATION = (
    "INSERT INTO location_cm (location, cm_url) VALUES (%s, %s)"
    " ON DUPLICATE KEY UPDATE cm_url = VALUES(cm_url), gmt_modified = CURRENT_TIMESTAMP"
)


def _add_cluster(rows, config):
    """A region that is there stays as it is, with the URL that it was made with."""
    values = (config.region, config.region_cn, config.cm_url, config.location, int(config.is_default))
    rows.execute(CLUSTER, values)
    url = metadb.one(rows, "SELECT cm_url FROM cluster_info WHERE code = %s", (config.location,))
    print(f"cluster_info {config.location}: {url}")


def _add_nodes(rows, config):
    """Nodes that are no longer in config.yaml stay."""
    name = str(config.location)
    rows.execute("INSERT IGNORE INTO resource_group (name) VALUES (%s)", (name,))
    group = metadb.one(rows, "SELECT id FROM resource_group WHERE name = %s", (name,))
    for node in config.nodes:
        rows.execute(HOST, (group, node))
        print(f"host {node}: ONLINE in resource group {name}")


def add_resource(config):
    with metadb.rows(config, config.databases["rm"]) as rows:
        _add_cluster(rows, config)
    with metadb.rows(config, config.databases["cm"]) as rows:
        _add_nodes(rows, config)
        known = metadb.one(rows, "SELECT 1 FROM location_cm WHERE location = %s", (config.location,))
        if known is None or switches.value("KEEP_LOCATION_CM") != "1":
            rows.execute(LOCATION, (config.location, config.cm_url))
