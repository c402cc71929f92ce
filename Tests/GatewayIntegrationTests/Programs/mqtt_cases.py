"""Runs named cases against an MQTT server with the unmodified package paho-mqtt.

mqtt_cases.py SERVER_JSON [CASE VERSION]...

SERVER_JSON is a file: {"host", "port", "user", "password", "watcher": [user, password], "limited": [user, password]}.
`user` may publish and subscribe to t/#; `watcher` may subscribe to #; `limited` may publish and subscribe to
t/+/+/own/# only. Without cases all of cases.json run. One JSON line per case; status 1 when one fails.
"""

import importlib
import json
import os
import sys
import time
import traceback

from cases import CASES, Scene

for module in ("messages", "retained", "sessions", "wills", "properties", "limits"):
    importlib.import_module(f"cases.{module}")


def run(server, name, version):
    begin = time.monotonic()
    scene = Scene(server, name, version)
    line = {"case": name, "version": version, "ok": False}
    try:
        with scene.ends:
            line["note"] = CASES[name](scene) or ""
        line["ok"] = True
    except Exception as error:  # whatever it is, it is this case's result
        place = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in place if os.sep + "cases" + os.sep in frame.filename]
        line["error"] = f"{type(error).__name__}: {error}"
        line["at"] = ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in inside[-2:])
    line["seconds"] = round(time.monotonic() - begin, 2)
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return line["ok"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        server = json.load(file)
    with open(os.path.join(os.path.dirname(__file__), "cases.json"), encoding="utf-8") as file:
        known = [(entry["case"], version) for entry in json.load(file) for version in entry["versions"]]
    unlisted = set(CASES) ^ {name for name, _ in known}
    if unlisted:
        sys.exit(f"cases.json and the cases differ: {sorted(unlisted)}")
    wanted = list(zip(sys.argv[2::2], sys.argv[3::2])) or known
    sys.exit(0 if all([run(server, name, version) for name, version in wanted]) else 1)


main()
