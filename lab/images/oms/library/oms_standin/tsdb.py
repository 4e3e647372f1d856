"""The time-series database, an InfluxDB 1: a point for every heart beat."""

import base64
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DATABASE = "oms"
LIMIT_SECONDS = 3


class Metrics:
    def __init__(self, settings):
        self._url = f"http://{settings.tsdb_url}"
        login = f"{settings.tsdb_user}:{settings.tsdb_password}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}"}

    def _post(self, path, body=b""):
        request = urllib.request.Request(f"{self._url}{path}", body, self._headers)
        urllib.request.urlopen(request, timeout=LIMIT_SECONDS).close()

    def make_database(self):
        self._post(f"/query?{urllib.parse.urlencode({'q': f'CREATE DATABASE {DATABASE}'})}")

    def write(self, address):
        try:
            self._post(f"/write?db={DATABASE}", f"heart_beat,host={address} up=1i".encode())
        except OSError:
            # what is not reported is lost
            pass


def opened(settings, log):
    """Without it the process ends after a while, and supervisord starts it again: so it goes on, as the vendor's does."""
    metrics = Metrics(settings)
    # longer than supervisord takes to count it as running
    end = time.monotonic() + 12
    while True:
        try:
            metrics.make_database()
            return metrics
        except urllib.error.HTTPError as error:
            problem = f"status {error.code}"
        except OSError as error:
            problem = str(error)
        log.error("time-series database at %s: %s", settings.tsdb_url, problem)
        if time.monotonic() > end:
            sys.exit(1)
        time.sleep(1)
