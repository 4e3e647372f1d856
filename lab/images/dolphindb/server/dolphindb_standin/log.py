"""The log of a node, in the engine's form."""

import datetime
import os
import sys
import threading


class Log:
    def __init__(self, path=None):
        self._lock = threading.Lock()
        self._file = sys.stderr
        if path is not None:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            self._file = open(path, "a", encoding="utf-8", errors="replace")

    def _write(self, level, message):
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y.%m.%d %H:%M:%S.%f000")
        with self._lock:
            self._file.write(f"{time},{threading.get_native_id()} <{level}> :{message}\n")
            self._file.flush()

    def info(self, message):
        self._write("INFO", message)

    def warning(self, message):
        self._write("WARNING", message)

    def error(self, message):
        self._write("ERROR", message)
