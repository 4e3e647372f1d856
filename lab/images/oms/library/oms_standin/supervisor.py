"""oms_drc_supervisor: tells the CM at cm_url every two seconds that its node lives, and the time-series database if there is one."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from . import component_files, tsdb
from .web import Handler, Server, open_log, run

PAUSE_SECONDS = 2
LIMIT_SECONDS = 5


def host_address():
    """OMS_HOST_IP; without it the first address of the host, which need not be the one that is meant."""
    given = os.environ.get("OMS_HOST_IP", "")
    return given or subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()[0]


class SupervisorHandler(Handler):
    def do_GET(self):
        self.nothing_here()


def beat(settings, address):
    """@returns what is wrong, or None"""
    body = json.dumps({"host_ip": address, "location": settings.location}).encode()
    url = f"{settings.cm_url}/standin/heart-beat"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        return f"CM at {settings.cm_url}: status {error.code}"
    except OSError as error:
        return f"CM at {settings.cm_url}: {error}"


def main():
    signal.signal(signal.SIGQUIT, lambda *_: sys.exit(0))
    settings = component_files.read(component_files.SUPERVISOR)
    log = open_log("/home/admin/logs/supervisor/error.log", "oms_drc_supervisor")
    metrics = tsdb.opened(settings, log) if settings.tsdb_url else None
    server = Server(int(settings.listen), SupervisorHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address, problem = host_address(), None
    while True:
        before, problem = problem, beat(settings, address)
        if problem != before:
            log.error("%s", problem or f"CM at {settings.cm_url} takes heart beats of {address}")
        if metrics is not None:
            metrics.write(address)
        time.sleep(PAUSE_SECONDS)


run(main)
