"""Topics of the gateway's log, read with its own command line."""

import json
import subprocess

from hub_peers import Failure


def records(hub, topic="telemetry", device=None):
    """All records of a topic, oldest first, as `weir events read --json` writes them."""
    return [json.loads(line) for line in weir(hub, "events", "read", topic, "--json",
                                              *(["--device", device] if device else [])).splitlines()]


def weir(hub, *arguments, status=0, text=None):
    """Runs the command line against the gateway; gives what it printed, of a failure with what it printed to stderr."""
    command = [*hub.server["weir"], *arguments, "--data", hub.server["data"]]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, input=text or "")
    if ended.returncode != status:
        raise Failure(f"weir {' '.join(arguments)}: status {ended.returncode}: {ended.stderr[-500:]}")
    return ended.stdout + (ended.stderr if status else "")
