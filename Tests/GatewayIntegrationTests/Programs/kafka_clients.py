"""Runs statements about a Kafka server with unmodified clients.

kafka_clients.py SERVER_JSON [STATEMENT CLIENT]...

SERVER_JSON is a file. `bootstrap`: HOST:PORT. With SASL `user` and `password` of a login that may do everything,
`mechanism` when it is not PLAIN, `connectionString` of the same login, `reader` {user, password} that may only read.
`tls`: {bootstrap, authority}. `topics` that must be listed. `log`: the folder of the topics' segments. `events`: a
command that prints a topic as JSON lines, {topic} stands for its name. `mqtt`: {port, device, user, token}.

Clients: confluent, kafka-python, aiokafka, kcat. Without statements all of kafka_statements.json run that are not
marked `alone`. One JSON line for each; status 1 when one fails.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback

from kafka_statements import STATEMENTS, Scene

for module in ("records", "groups", "topics", "security"):
    importlib.import_module(f"kafka_statements.{module}")


def run(server, name, client):
    begin = time.monotonic()
    line = {"statement": name, "client": client, "ok": False}
    try:
        scene = Scene(server, name, client)
        with scene.ends:
            line["note"] = STATEMENTS[name](scene) or ""
        line["ok"] = True
    except Exception as error:  # whatever it is, it is this statement's result
        place = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in place if os.sep + "kafka_" in frame.filename and "_init_" not in frame.filename]
        line["error"] = f"{type(error).__name__}: {error}"
        line["at"] = ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in inside[-3:])
    line["seconds"] = round(time.monotonic() - begin, 2)
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return line["ok"]


def main():
    logging.disable(logging.CRITICAL)
    with open(sys.argv[1], encoding="utf-8") as file:
        server = json.load(file)
    server["file"] = sys.argv[1]
    with open(os.path.join(os.path.dirname(__file__), "kafka_statements.json"), encoding="utf-8") as file:
        listed = json.load(file)
    unlisted = set(STATEMENTS) ^ {entry["statement"] for entry in listed}
    if unlisted:
        sys.exit(f"kafka_statements.json and the statements differ: {sorted(unlisted)}")
    known = [(entry["statement"], client) for entry in listed if not entry.get("alone") for client in entry["clients"]]
    wanted = list(zip(sys.argv[2::2], sys.argv[3::2])) or known
    # A client's threads that do not end must not keep the program.
    os._exit(0 if all([run(server, name, client) for name, client in wanted]) else 1)


main()
