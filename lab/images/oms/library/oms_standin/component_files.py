"""Configuration files of the components, made from config.yaml: step 3 of docker_init.sh. A component without its file ends."""

import os
import shutil
from types import SimpleNamespace

from .configuration import Refused

CM = "/home/ds/cm/package/drc-cm.properties"
CONSOLE = "/home/ds/ghana/config/application-oms.properties"
NGINX = "/home/ds/ghana/config/tengine.conf"
SUPERVISOR = "/home/ds/supervisor/config/oms-supervisor.properties"

CERTIFICATE = "/etc/pki/nginx/oms_server.crt"
KEY = "/etc/pki/nginx/oms_server.key"

# One worker is enough; the rest are nginx's defaults, with the vendor's names of logs.
NGINX_TEXT = """worker_processes 1;
pid /run/nginx.pid;
error_log /home/admin/logs/tengine-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log /home/admin/logs/tengine-access.log;
  server {{
    listen {listen};
{tls}    location / {{
      proxy_pass http://127.0.0.1:{ghana};
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


def _write(path, text, owner=None):
    """Only its component reads it: it has the MetaDB's password."""
    part = f"{path}.part"
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    if owner is not None:
        shutil.chown(part, owner, owner)
    os.replace(part, path)
    print(f"written {path}")


def _properties(values):
    return "".join(f"{key}={value}\n" for key, value in values.items())


def read(path):
    """A component's properties, with `-` and `.` of their names as `_`."""
    try:
        with open(path, encoding="utf-8") as file:
            pairs = [line.rstrip("\n").split("=", 1) for line in file]
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): docker_init.sh has not made it") from error
    return SimpleNamespace(**{key.replace(".", "_"): value for key, value in pairs})


def _nginx(ports):
    """By HTTPS alone, where certificate and key are mounted."""
    secure = os.path.exists(CERTIFICATE) and os.path.exists(KEY)
    tls = f"    ssl_certificate {CERTIFICATE};\n    ssl_certificate_key {KEY};\n" if secure else ""
    return NGINX_TEXT.format(listen=f"{ports['console']}{' ssl' if secure else ''}", tls=tls, ghana=ports["ghana"])


def write(config, version):
    metadb = {"host": config.host, "user": config.user, "password": config.password, "port": config.port}
    _write(
        CM,
        _properties(
            {
                **metadb,
                "heartbeat.database": config.databases["cm_heartbeat"],
                "location": config.location,
                "listen": config.ports["cm"],
                "resource.cpu.limit": "0.85",
                "resource.memory.limit": "0.85",
                "resource.disk.limit": "0.90",
            }
        ),
    )
    _write(
        CONSOLE,
        _properties(
            {
                "spring.application.name": "ghana",
                **metadb,
                "database": config.databases["rm"],
                "version": version,
                "listen": config.ports["ghana"],
                "cm.url": config.cm_url,
                "region": config.region or config.location,
            }
        ),
    )
    url, user, password = config.tsdb or ("", "", "")
    supervisor = {"listen": config.ports["supervisor"], "cm.url": config.cm_url, "location": config.location}
    tsdb = {"tsdb.url": url, "tsdb.user": user, "tsdb.password": password}
    _write(SUPERVISOR, _properties({**supervisor, **tsdb}), owner="ds")
    _write(NGINX, _nginx(config.ports))
