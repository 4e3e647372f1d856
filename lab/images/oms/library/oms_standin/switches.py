"""Switches of the stand-in, as switches.sh reads them."""

import os
import time

FILE = "/home/ds/run/standin.env"


def value(name):
    key = f"OMS_STANDIN_{name}="
    try:
        with open(FILE, encoding="utf-8") as file:
            lines = [line.rstrip("\n")[len(key) :] for line in file if line.startswith(key)]
    except OSError:
        lines = []
    return lines[-1] if lines else os.environ.get(key[:-1], "")


def pause(place):
    """Waits at a place where a test may kill the process; it goes on when the switch goes from the file."""
    if value("PAUSE_STEP") != place:
        return
    print(f"stand-in: paused at step {place}, as OMS_STANDIN_PAUSE_STEP says", flush=True)
    while value("PAUSE_STEP") == place:
        time.sleep(0.2)
