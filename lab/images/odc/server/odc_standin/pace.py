"""How long the parts of a start take: as seen on ODC 4.3.4, or all of them shortened alike."""

import time

# seconds after the start on a machine with two cores
CONNECTED = 11
LOCKING = 40
READY_FIRST = 132
READY = 73


class Pace:
    def __init__(self, settings):
        self._began = time.monotonic()
        self._settings = settings
        self.first = True

    def until(self, second):
        """Waits until the moment that is `second` in the real one's start has come."""
        ready = READY_FIRST if self.first else READY
        unit = 1 if self._settings.real_times else self._settings.start_seconds / ready
        time.sleep(max(0, self._began + second * unit - time.monotonic()))

    def until_ready(self):
        self.until(READY_FIRST if self.first else READY)
