"""Runs statements about the hub with the packages azure-iot-device and azure-iot-hub against a running gateway.

hub_clients.py SERVER_JSON [STATEMENT ...]

SERVER_JSON is a file: `host` (the hub's name), ports `mqtt`, `mqtts`, `https` and perhaps `amqps`, `authority` (PEM
file of the CA that clients trust), `policies` (service connection strings by policy, with the port of HTTPS), `data`
(the gateway's data folder), `weir` (the command line's program with its first arguments) and perhaps `idScope`.

Without statements all of hub_statements.json run that are not marked `alone`. One JSON line for each; status 1 when
one fails. A statement that does not end is given up after LIMIT_SECONDS: several calls of the packages have no limit.
"""

import importlib
import json
import os
import sys
import threading
import time
import traceback

from hub_scene import detail, open_scene, place

LIMIT_SECONDS = 60
MODULES = (
    "authority", "commands", "configurations", "connections", "jobs", "messages", "methods", "permissions",
    "provisioning", "queries", "registry", "telemetry", "twin_rules", "twins",
)


def run(hub, name, statements, scene_type):
    begin = time.monotonic()
    line = {"statement": name, "ok": False, "detail": ""}
    scene = scene_type(hub, name)

    def body():
        try:
            with scene.ends:
                line["detail"] = statements[name](scene) or ""
            line["ok"] = True
        except Exception as error:  # whatever it is, it is this statement's result
            line["detail"] = detail(error)
            line["at"] = place(traceback.extract_tb(error.__traceback__))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(LIMIT_SECONDS)
    printed = dict(line)
    if thread.is_alive():
        printed["ok"], printed["detail"] = False, f"not at its end after {LIMIT_SECONDS} s"
        printed["at"] = place(traceback.extract_stack(sys._current_frames()[thread.ident]))
        # What it holds, such as a fixed port, is given back if that does not hang too.
        ends = threading.Thread(target=scene.ends.close, daemon=True)
        ends.start()
        ends.join(5)
    printed["seconds"] = round(time.monotonic() - begin, 2)
    print(json.dumps(printed, ensure_ascii=False), flush=True)
    return printed["ok"]


def main():
    hub = open_scene(sys.argv[1], "").hub
    from hub_statements import STATEMENTS, Scene

    for module in MODULES:
        importlib.import_module(f"hub_statements.{module}")
    with open(os.path.join(os.path.dirname(__file__), "hub_statements.json"), encoding="utf-8") as file:
        listed = json.load(file)
    unlisted = set(STATEMENTS) ^ {entry["statement"] for entry in listed}
    if unlisted:
        sys.exit(f"hub_statements.json and the statements differ: {sorted(unlisted)}")
    wanted = sys.argv[2:] or [entry["statement"] for entry in listed if not entry.get("alone")]
    # A client's threads that do not end must not keep the program.
    os._exit(0 if all([run(hub, name, STATEMENTS, Scene) for name in wanted]) else 1)


main()
