"""What the programs about a killed gateway share: a scene on a server's file, and one JSON line for each statement."""

import importlib
import json
import logging
import os
import traceback


def open_scene(path, name):
    """A scene for the server that a file describes; see hub_clients.py."""
    logging.disable(logging.CRITICAL)
    with open(path, encoding="utf-8") as file:
        server = json.load(file)
    # requests reads this, and the AMQP part of azure-iot-hub trusts what certifi names and nothing else.
    os.environ["REQUESTS_CA_BUNDLE"] = server["authority"]
    import certifi

    certifi.where = lambda: server["authority"]
    statements = importlib.import_module("hub_statements")
    return statements.Scene(statements.Hub(server), name)


def place(frames):
    """The last frames that are ours."""
    inside = [frame for frame in frames if os.sep + "hub_" in frame.filename]
    return ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in inside[-3:])


def detail(error):
    """What an exception says, with the body of an HTTP answer."""
    answer = getattr(error, "response", None)
    body = f" {answer.status_code} {answer.text[:400]}" if hasattr(answer, "status_code") else ""
    return f"{type(error).__name__}: {error}{body}"


def check(name, function, *arguments):
    """Tries a statement and prints its line; gives whether it holds."""
    line = {"statement": name, "ok": False}
    try:
        line["detail"] = function(*arguments) or ""
        line["ok"] = True
    except Exception as error:  # whatever it is, it is this statement's result
        line["detail"], line["at"] = detail(error), place(traceback.extract_tb(error.__traceback__))
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return line["ok"]
