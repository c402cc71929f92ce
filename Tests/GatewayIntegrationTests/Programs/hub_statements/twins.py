"""Twins from both sides."""

import datetime
import json
import queue
import random
import threading
import time

from hub_peers.service import refusal
from hub_statements import statement


def raw(scene, device, module=None):
    return scene.service.json("GET", f"/twins/{device}" + (f"/modules/{module}" if module else ""))


@statement
def twin_fresh(scene):
    """Both sections at $version 1, to the device and to the service; created with the identity, deleted with it."""
    identity = scene.register()
    device = scene.client(identity)
    scene.equal("to the device", device.twin(), {"desired": {"$version": 1}, "reported": {"$version": 1}})
    twin = raw(scene, device.id)
    scene.equal("etags differ", twin["deviceEtag"] != twin["etag"], True)
    scene.equal("deviceEtag", twin["deviceEtag"], identity.etag)
    scene.equal("fields", {name: twin[name] for name in ("deviceId", "status", "authenticationType", "modelId",
                                                         "cloudToDeviceMessageCount", "capabilities")},
                {"deviceId": device.id, "status": "enabled", "authenticationType": "sas", "modelId": "",
                 "cloudToDeviceMessageCount": 0, "capabilities": {"iotEdge": False}})
    for section in ("desired", "reported"):
        found = twin["properties"][section]
        scene.equal(section, (found["$version"], list(found["$metadata"]), set(found)),
                    (1, ["$lastUpdated"], {"$metadata", "$version"}))
    scene.equal("connection state", twin["connectionState"], "Connected")
    scene.service.update_twin(device.id, desired={"x": 1}, tags={"t": 1})
    scene.registry.delete_device(device.id)
    scene.refused("the twin of a deleted device", lambda: scene.service.twin(device.id), 404, "DeviceNotFound")
    scene.registry.create_device_with_sas(device.id, "", "", "enabled")
    again = raw(scene, device.id)
    scene.equal("made again", (again["properties"]["desired"]["$version"], again.get("tags", {})), (1, {}))


@statement
def twin_reported(scene):
    """Patches merge, null deletes, each counts; the service sees values, versions and metadata."""
    device = scene.device()
    device.report({"fw": "1.0", "a": {"b": 1, "c": [1, {"d": None}]}, "ü": "ö"})
    device.report({"a": {"b": None, "e": {}}, "nothing": None})
    wanted = {"fw": "1.0", "a": {"c": [1, {"d": None}], "e": {}}, "ü": "ö", "$version": 3}
    scene.equal("to the device", device.twin()["reported"], wanted)
    reported = raw(scene, device.id)["properties"]["reported"]
    metadata = reported.pop("$metadata")
    scene.equal("to the service", reported, wanted)
    scene.equal("metadata's places", (set(metadata), set(metadata["a"]), set(metadata["fw"])),
                ({"$lastUpdated", "fw", "a", "ü"}, {"$lastUpdated", "c", "e"}, {"$lastUpdated"}))
    scene.equal("an array is a leaf", set(metadata["a"]["c"]), {"$lastUpdated"})
    scene.true("objects above are touched", metadata["a"]["$lastUpdated"] > metadata["fw"]["$lastUpdated"])
    scene.equal("top", metadata["$lastUpdated"], metadata["a"]["$lastUpdated"])


@statement
def twin_reported_condition(scene):
    """$version in a request is a condition: 412 when it is not met. Errors answer, they do not close."""
    identity = scene.register()
    wire = scene.wire(identity).opened()
    wire.subscribe("$iothub/twin/res/#")
    scene.equal("no condition", wire.report({"a": 1}, rid="r%2F1")[:2], (204, "?$rid=r%2F1&$version=2"))
    scene.equal("met", wire.report({"a": 2}, version=2, rid="2")[:2], (204, "?$rid=2&$version=3"))
    scene.equal("not met", wire.report({"a": 3}, version=2, rid="3")[0], 412)
    for what, body in [("no JSON", b"{"), ("no object", b"[]"), ("empty", b""), ("a dot", b'{"a.b":1}'),
                       ("null inside is deletion, at the top it is not", b"null")]:
        scene.equal(what, wire.report(body, rid="4")[0], 400)
    wire.publish("$iothub/twin/GET/?$rid=g1", b" ", packet_id=7)
    topic, payload, *_ = wire.message()
    scene.equal("GET", (topic, payload.replace(b" ", b"")),
                ("$iothub/twin/res/200/?$rid=g1", b'{"desired":{"$version":1},"reported":{"a":2,"$version":3}}'))


@statement
def twin_desired(scene):
    """Patches reach the device as the service wrote them, nulls included, in order of version; tags do not."""
    device = scene.device("patches")
    answer = scene.service.update_twin(device.id, desired={"x": {"y": 1}, "z": None}, tags={"site": "a"})
    scene.equal("answer", (answer.tags, answer.properties.desired["x"], answer.properties.desired["$version"]),
                ({"site": "a"}, {"y": 1}, 2))
    scene.equal("patch", device.patch(), {"x": {"y": 1}, "z": None, "$version": 2})
    scene.service.update_twin(device.id, tags={"site": "b"})
    scene.service.update_twin(device.id, desired={"x": {"y": None, "list": [1, "2", {"k": None}]}})
    scene.equal("next patch", device.patch(), {"x": {"y": None, "list": [1, "2", {"k": None}]}, "$version": 3})
    twin = raw(scene, device.id)
    desired = twin["properties"]["desired"]
    metadata = desired.pop("$metadata")
    scene.equal("desired", desired, {"x": {"list": [1, "2", {"k": None}]}, "$version": 3})
    scene.equal("versions in metadata",
                (metadata["$lastUpdatedVersion"], metadata["x"]["$lastUpdatedVersion"],
                 metadata["x"]["list"]["$lastUpdatedVersion"]), (3, 3, 3))
    scene.equal("tags", twin["tags"], {"site": "b"})
    scene.equal("to the device", device.twin()["desired"], {"x": {"list": [1, "2", {"k": None}]}, "$version": 3})
    for number in range(4, 54):
        scene.service.update_twin(device.id, desired={"n": number})
    scene.equal("50 patches", [device.patch()["$version"] for _ in range(50)], list(range(4, 54)))
    # A whole twin that was read is sent back: what is not desired or tags is ignored.
    twin = scene.service.twin(device.id)
    scene.registry.update_twin(device.id, twin, twin.etag)
    scene.equal("version", device.patch()["$version"], 54)


@statement
def twin_replaced(scene):
    """PUT replaces both sections; the device gets the new one; desired stays when it is not given."""
    device = scene.device("patches")
    scene.service.update_twin(device.id, desired={"a": 1, "b": 2}, tags={"t": 1, "u": 2})
    device.patch()
    scene.service.update_twin(device.id, desired={"b": 3}, tags={"t": 9}, replace=True)
    scene.equal("patch", device.patch(), {"b": 3, "$version": 3})
    twin = raw(scene, device.id)
    scene.equal("after", (twin["tags"], twin["properties"]["desired"]["b"], "a" in twin["properties"]["desired"],
                          "a" in twin["properties"]["desired"]["$metadata"]), ({"t": 9}, 3, False, False))
    scene.service.update_twin(device.id, tags={"v": 1}, replace=True)
    twin = raw(scene, device.id)
    scene.equal("only tags", (twin["tags"], twin["properties"]["desired"]["b"]), ({"v": 1}, 3))
    scene.refused("a wrong key", lambda: scene.service.update_twin(device.id, desired={"a.b": 1}, replace=True), 400)
    scene.equal("nothing was changed", raw(scene, device.id)["etag"], twin["etag"])


@statement
def twin_of_a_module(scene):
    identity = scene.register()
    module = scene.register_module(identity.device_id)
    program, own = scene.client(module).listen("patches"), scene.client(identity).listen("patches")
    program.report({"m": 1})
    scene.service.update_twin(identity.device_id, desired={"d": 1}, tags={"t": 1}, module=module.module_id)
    scene.equal("patch", program.patch(), {"d": 1, "$version": 2})
    scene.equal("to the module", program.twin(),
                {"desired": {"d": 1, "$version": 2}, "reported": {"m": 1, "$version": 2}})
    twin = raw(scene, identity.device_id, module.module_id)
    scene.equal("ids", (twin["deviceId"], twin["moduleId"], "capabilities" in twin),
                (identity.device_id, module.module_id, False))
    scene.equal("the device's own twin", own.twin(), {"desired": {"$version": 1}, "reported": {"$version": 1}})
    scene.true("the device's program got nothing", own.patches.empty())
    etag = twin["etag"]
    scene.service.update_twin(identity.device_id, desired={"d": 2}, etag=etag, module=module.module_id)
    scene.refused("a stale etag", lambda: scene.service.update_twin(
        identity.device_id, desired={"d": 3}, etag=etag, module=module.module_id), 412, "PreconditionFailed")
    scene.refused("an unknown module", lambda: scene.service.twin(identity.device_id, "nobody"), 404, "ModuleNotFound")


@statement
def twin_etag(scene):
    """The right etag passes, a stale one is 412 and changes nothing; "*" and * mean: must be there."""
    device = scene.device("patches")
    first = scene.service.twin(device.id).etag
    second = scene.service.update_twin(device.id, tags={"a": 1}, etag=first).etag
    scene.true("a new etag", first != second)
    for replace in (False, True):
        scene.refused("a stale etag", lambda replace=replace: scene.service.update_twin(
            device.id, desired={"x": 1}, tags={"a": 2}, etag=first, replace=replace), 412, "PreconditionFailed")
    twin = raw(scene, device.id)
    scene.equal("nothing was changed", (twin["etag"], twin["tags"], twin["properties"]["desired"]["$version"]),
                (second, {"a": 1}, 1))
    device.report({"r": 1})
    scene.true("a report changes the etag", raw(scene, device.id)["etag"] != second)
    for header, status in [('"*"', 200), ("*", 200), (None, 200), ('"AAAA"', 412), ("AAAA", 412)]:
        headers = {"If-Match": header} if header else {}
        answer = scene.service.request("PATCH", f"/twins/{device.id}", {"tags": {"h": str(header)}}, headers)
        scene.equal(f"If-Match: {header}", answer.status_code, status)
    for form in ("{}", "W/{}"):
        etag = scene.service.request("GET", f"/twins/{device.id}").headers["ETag"]
        header = {"If-Match": form.format(etag)}
        answer = scene.service.request("PATCH", f"/twins/{device.id}", {"tags": {"f": form}}, header)
        scene.equal(f"If-Match: {header}", answer.status_code, 200)
    scene.true("no patch for tags", device.patches.empty())


@statement
def twin_unknown_device(scene):
    name = scene.unique()
    for what, call in [
        ("get", lambda: scene.service.twin(name)),
        ("update", lambda: scene.service.update_twin(name, desired={"x": 1})),
        ("replace", lambda: scene.service.update_twin(name, desired={"x": 1}, replace=True)),
    ]:
        scene.refused(what, call, 404, "DeviceNotFound")
    identity = scene.register()
    scene.refused("module", lambda: scene.service.twin(identity.device_id, "m"), 404, "ModuleNotFound")


@statement
def twin_missed(scene):
    """A device that was away gets what changed meanwhile, also over broken connections and changes in between."""
    device = scene.device("patches")
    scene.service.update_twin(device.id, desired={"n": 0})
    scene.equal("first", device.patch()["n"], 0)
    device.client.disconnect()
    for number in range(1, 4):
        scene.service.update_twin(device.id, desired={"n": number, f"k{number}": number})
    scene.true("nothing came while it was away", device.patches.empty())
    device.client.connect()
    scene.equal("after coming back", device.patch(), {"n": 3, "k1": 1, "k2": 2, "k3": 3, "$version": 5})
    # Now the network breaks while the service goes on writing: at the end the device must know the last value, and
    # what it was told never goes back.
    stop, versions = threading.Event(), [5]

    def write():
        generator, number = random.Random(5), 3
        while not stop.wait(generator.random() / 20):
            number += 1
            answer = scene.service.update_twin(device.id, desired={"n": number})
            versions.append(answer.properties.desired["$version"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            scene.wait("five more updates", lambda known=len(versions): len(versions) >= known + 5)
            scene.hub.relay.cut()
            scene.wait("the connection", lambda: device.client.connected)
    finally:
        stop.set()
        writer.join()
    wanted, seen = versions[-1], []
    while not seen or seen[-1]["$version"] < wanted:
        seen.append(device.patch())
    scene.equal("the last patch has the last value", (seen[-1]["n"], seen[-1]["$version"]), (wanted - 2, wanted))
    numbers = [patch["$version"] for patch in seen]
    scene.equal("versions grow", numbers, sorted(numbers))
    return f"{wanted} versions over five broken connections, {len(seen)} patches"


@statement
def twin_two_writers(scene):
    """Two writers with etags: the end is some serial order of what was accepted, and nothing accepted is lost."""
    device = scene.device("patches")
    accepted, stale, faults = [], [], queue.Queue()

    def write(name, seed):
        generator = random.Random(seed)
        try:
            service = scene.hub.service() if name == "a" else type(scene.service)(
                scene.hub, scene.hub.server["policies"]["iothubowner"])
            for number in range(60):
                twin = service.twin(device.id)
                patch = {f"k{generator.randrange(4)}": f"{name}{number}", name: number}
                try:
                    answer = service.update_twin(device.id, desired=patch, etag=twin.etag)
                    accepted.append((answer.properties.desired["$version"], twin.properties.desired["$version"], patch))
                except Exception as error:  # only 412 is right
                    scene.equal("status", error.response.status_code, 412)
                    stale.append(number)
        except Exception as error:  # told to the other thread
            faults.put(error)

    threads = [threading.Thread(target=write, args=each) for each in (("a", 1), ("b", 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not faults.empty():
        raise faults.get()
    accepted.sort(key=lambda each: each[0])
    scene.equal("versions", [version for version, _, _ in accepted], list(range(2, 2 + len(accepted))))
    scene.equal("each was made on what it had read", [read for _, read, _ in accepted],
                list(range(1, 1 + len(accepted))))
    model = {}
    for _, _, patch in accepted:
        model.update(patch)
    desired = raw(scene, device.id)["properties"]["desired"]
    scene.equal("the end", {key: value for key, value in desired.items() if key[0] != "$"}, model)
    scene.equal("patches", [device.patch()["$version"] for _ in accepted], list(range(2, 2 + len(accepted))))
    return f"{len(accepted)} accepted, {len(stale)} stale"


@statement
def twin_changes(scene):
    """Each change is a record of the topic twin-changes, in order, with who, when and from what to what."""
    device = scene.device()
    scene.service.update_twin(device.id, desired={"x": 1}, tags={"t": "a"})
    device.report({"r": 1})
    scene.service.update_twin(device.id, desired={"x": 2, "y": {"z": 1}})
    scene.service.update_twin(device.id, desired={"y": 1}, tags={}, replace=True)
    refusal(lambda: scene.service.update_twin(device.id, desired={"a.b": 1}))
    scene.wait("four records", lambda: len(scene.records("twin-changes", device.id)) >= 4)
    records = scene.records("twin-changes", device.id)
    scene.equal("records", len(records), 4)
    bodies = [record["body"] for record in records]
    scene.equal("desired versions", [body["properties"].get("desired", {}).get("$version") for body in bodies],
                [2, None, 3, 4])
    scene.equal("reported versions", bodies[1]["properties"]["reported"]["$version"], 2)
    versions = [body["version"] for body in bodies]
    scene.equal("versions of the twin", versions, list(range(versions[0], versions[0] + 4)))
    scene.equal("only what changed", (bodies[0]["tags"], "desired" in bodies[1]["properties"],
                                      bodies[2]["properties"]["desired"]["x"]), ({"t": "a"}, False, 2))
    scene.true("with metadata", "$metadata" in bodies[2]["properties"]["desired"])
    for record, word in zip(records, ["updateTwin", "updateTwin", "updateTwin", "replaceTwin"]):
        properties = record["applicationProperties"]
        scene.equal("properties of the record",
                    (properties["opType"], properties["deviceId"], properties["iothub-message-schema"]),
                    (word, device.id, "twinChangeNotification"))
        scene.true("hub and time", properties["hubName"] and properties["operationTimestamp"])
        scene.equal("source", record["systemProperties"]["iothub-message-source"], "twinChangeEvents")
    changes = [body["change"] for body in bodies]
    owner = "policy:iothubowner"
    scene.equal("who", [change["by"] for change in changes], [owner, f"device:{device.id}", owner, owner])
    times = [change["at"] for change in changes]
    scene.true(f"when: {times}", times == sorted(times) and times[0])
    scene.equal("from what", changes[2]["previous"]["properties"]["desired"], {"x": 1, "y": None})


@statement
def twin_history(scene):
    """weir twin history, and a twin as it was at a time."""
    device = scene.device()
    marks = []
    for number in range(1, 4):
        scene.service.update_twin(device.id, desired={"n": number})
        # Records carry milliseconds: the moment is well apart from the changes beside it.
        time.sleep(0.02)
        marks.append(datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        time.sleep(0.02)
        scene.wait("the record", lambda: len(scene.records("twin-changes", device.id)) >= number)
    lines = [json.loads(line) for line in scene.weir("twin", "history", device.id, "--json").splitlines()]
    scene.equal("lines", len(lines), 3)
    for number, mark in enumerate(marks, 1):
        twin = json.loads(scene.weir("twin", "show", device.id, "--at", mark, "--json"))
        scene.equal(f"as of change {number}", twin["properties"]["desired"]["n"], number)
    now = json.loads(scene.weir("twin", "show", device.id, "--json"))
    scene.equal("now", now["properties"]["desired"]["n"], 3)
