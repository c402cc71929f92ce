"""The operator's command line for all of it: JSON with --json, exit status, errors that say what to do."""

import json

from hub_statements import Failure, statement
from hub_statements.provisioning import connected, registrar


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@statement
def cli_twins(scene):
    """weir twin show, update, replace."""
    device = scene.device("patches")
    scene.weir("twin", "update", device.id, '{"properties":{"desired":{"x":1}},"tags":{"site":"a"}}')
    scene.equal("patch", device.patch(), {"x": 1, "$version": 2})
    twin = json.loads(scene.weir("twin", "show", device.id, "--json"))
    scene.equal("show", (twin["tags"], twin["properties"]["desired"]["x"]), ({"site": "a"}, 1))
    scene.weir("twin", "replace", device.id, '{"properties":{"desired":{"y":2}}}')
    scene.equal("replaced", device.patch(), {"y": 2, "$version": 3})
    for what, arguments in [("unknown device", ("twin", "show", scene.unique())),
                            ("wrong key", ("twin", "update", device.id, '{"properties":{"desired":{"a.b":1}}}'))]:
        scene.true(what, scene.weir(*arguments, status=1).strip())
    scene.weir("twin", "show", status=2)


@statement
def cli_methods_and_messages(scene):
    """weir method call, weir message send and purge."""
    device = scene.device("methods", "messages", answer=lambda request: (201, {"got": request.payload}))
    found = json.loads(scene.weir("method", "call", device.id, "hello", "--payload", '{"a":1}', "--json"))
    scene.equal("answer", found, {"status": 201, "payload": {"got": {"a": 1}}})
    scene.weir("message", "send", device.id, "hello c2d")
    scene.equal("message", device.message().data, b"hello c2d")
    device.client.disconnect()
    offline = scene.register("offline").device_id
    errors = scene.weir("method", "call", offline, "hello", status=1)
    scene.true(f"it says that the device is away: {errors}", "connect" in errors or "online" in errors)
    scene.weir("message", "send", offline, "waits")
    scene.true("purged", "1" in scene.weir("message", "purge", offline))


@statement
def cli_fleet(scene):
    """weir device query, export and import."""
    word = scene.unique()
    for number in range(3):
        device = scene.registry.create_device_with_sas(f"{word}-{number}", "", "", "enabled").device_id
        scene.service.update_twin(device, tags={"site": word}, desired={"n": number})
    text = f"SELECT deviceId FROM devices WHERE tags.site = '{word}'"
    scene.equal("query", lines(scene.weir("device", "query", text, "--json")),
                [{"deviceId": f"{word}-{number}"} for number in range(3)])
    scene.true("a wrong query", scene.weir("device", "query", "SELECT", status=1))
    file = f"{scene.hub.folder}/{word}.jsonl"
    scene.weir("device", "export", file)
    with open(file, encoding="utf-8") as exported:
        kept = [line for line in exported if word in line]
    scene.equal("exported", len(kept), 3)
    keys = {number: scene.registry.get_device(f"{word}-{number}").authentication.symmetric_key.primary_key
            for number in range(3)}
    for number in range(3):
        scene.registry.delete_device(f"{word}-{number}")
    with open(file, "w", encoding="utf-8") as chosen:
        chosen.writelines(kept)
    scene.weir("device", "import", file)
    for number in range(3):
        found = scene.registry.get_device(f"{word}-{number}")
        twin = scene.service.twin(f"{word}-{number}")
        scene.equal("imported", (found.authentication.symmetric_key.primary_key, twin.tags,
                                 twin.properties.desired["n"]), (keys[number], {"site": word}, number))


@statement
def cli_jobs(scene):
    """weir job create, list, show; --wait ends with the job, and with status 1 when a device failed."""
    word = scene.unique()
    device = scene.register().device_id
    scene.service.update_twin(device, tags={"site": word})
    devices = "--where", f"tags.site = '{word}'"
    scene.weir("job", "create", "twin-update", '{"properties":{"desired":{"job":1}}}', *devices, "--id", word, "--wait")
    job = json.loads(scene.weir("job", "show", word, "--json"))
    scene.equal("show", (job["status"], job["deviceJobStatistics"]["succeededCount"]), ("completed", 1))
    scene.equal("desired", scene.service.twin(device).properties.desired["job"], 1)
    scene.weir("job", "create", "method", "m", *devices, "--id", f"{word}-m", "--wait", status=1)
    scene.true("the offline device", device in scene.weir("job", "show", f"{word}-m", "--devices"))
    scene.true("list", {word, f"{word}-m"} <= {job["jobId"] for job in lines(scene.weir("job", "list", "--json"))})
    scene.true("unknown", scene.weir("job", "show", scene.unique(), status=1))


@statement
def cli_configurations(scene):
    """weir configuration test, create, update, list, show, delete."""
    word = scene.unique()
    device = scene.register().device_id
    scene.service.update_twin(device, tags={"site": word})
    condition = "--where", f"tags.site = '{word}'"
    scene.weir("configuration", "test", *condition)
    scene.true("a wrong condition", scene.weir("configuration", "test", "--where", "tags.site =", status=1))
    scene.weir("configuration", "create", word, *condition, "--desired", "c=1", "--priority", "3")
    scene.wait("applied", lambda: scene.service.twin(device).properties.desired.get("c") == 1, 30)
    scene.weir("configuration", "update", word, "--priority", "4")
    scene.equal("show", json.loads(scene.weir("configuration", "show", word, "--json"))["priority"], 4)
    scene.true("list", word in [each["id"] for each in lines(scene.weir("configuration", "list", "--json"))])
    scene.weir("configuration", "delete", word)
    scene.true("deleted", scene.weir("configuration", "show", word, status=1))


@statement
def cli_enrolments(scene):
    """weir enrollment create, list, show, delete: a group key is all that a board needs."""
    word = scene.unique()
    scene.weir("enrollment", "create", word)
    board = f"{word}-board"
    key = scene.weir("enrollment", "show", word, "--key-for", board).strip()
    connected(scene, registrar(scene, board, key).register(), key=key)
    if word not in scene.weir("enrollment", "list", "--json"):
        raise Failure("not in the list")
    scene.weir("enrollment", "show", word)
    scene.weir("enrollment", "delete", word)
    scene.true("deleted", scene.weir("enrollment", "show", word, status=1))
