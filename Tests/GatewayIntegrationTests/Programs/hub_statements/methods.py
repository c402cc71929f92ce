"""Direct methods."""

import concurrent.futures
import json
import threading
import time

from hub_statements import statement


@statement
def method_called(scene):
    """Name, payload, status and answer go both ways as written; to modules too."""
    identity = scene.register()
    answers = {"reboot now/x": (200, {"ok": 1}), "teapot": (418, None), "list": (200, [1, "ü"]), "text": (201, "t")}
    device = scene.client(identity, answer=lambda request: answers[request.name]).listen("methods")
    for name, payload in [("reboot now/x", {"d": 5}), ("teapot", [1, 2]), ("list", 7), ("text", "ä")]:
        result = scene.service.method(device.id, name, payload)
        scene.equal(name, (result.status, result.payload), answers[name])
        scene.equal("at the device", device.next(device.methods, "the call"), (name, payload))
    # Without a payload the service package sends "".
    scene.service.method(device.id, "list")
    scene.equal("no payload", device.next(device.methods, "the call"), ("list", ""))
    answer = scene.service.json("POST", f"/twins/{device.id}/methods", {"methodName": "teapot"})
    scene.equal("null from the device", answer, {"status": 418, "payload": None})
    scene.equal("absent payload", device.next(device.methods, "the call"), ("teapot", None))
    module = scene.register_module(identity.device_id)
    program = scene.client(module, answer=lambda request: (299, {"module": request.name})).listen("methods")
    result = scene.service.method(device.id, "m", {"x": 1}, module=module.module_id)
    scene.equal("module", (result.status, result.payload), (299, {"module": "m"}))
    scene.equal("at the module", program.next(program.methods, "the call"), ("m", {"x": 1}))
    scene.true("nothing at the device", device.methods.empty())


@statement
def method_offline(scene):
    """404 with 404103 at once, also for a device that is connected and has no handler, and after connectTimeout."""
    identity = scene.register()
    begin = time.monotonic()
    body = scene.refused("offline", lambda: scene.service.method(identity.device_id, "m", response=30), 404,
                         number=404103)
    scene.true(f"at once: {time.monotonic() - begin:.1f} s", time.monotonic() - begin < 3)
    scene.equal("JSON inside Message", json.loads(json.loads(body)["Message"])["errorCode"], 404103)
    device = scene.client(identity)
    scene.refused("no handler", lambda: scene.service.method(device.id, "m"), 404, number=404103)
    begin = time.monotonic()
    scene.refused("connect timeout", lambda: scene.service.method(device.id, "m", connect=2), 404, number=404103)
    scene.true(f"after 2 s: {time.monotonic() - begin:.1f} s", 1.8 < time.monotonic() - begin < 6)


@statement
def method_unknown_device(scene):
    identity = scene.register()
    body = scene.refused("device", lambda: scene.service.method(scene.unique(), "m"), 404, "DeviceNotFound", 404001)
    scene.true("not the number of an offline device", "404103" not in body)
    body = scene.refused("module", lambda: scene.service.method(identity.device_id, "m", module="m"), 404,
                         "ModuleNotFound")
    scene.true("not the number of an offline module", "404103" not in body)


@statement
def method_waits_for_device(scene):
    """A device that connects within connectTimeout gets the call."""
    identity = scene.register()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        call = pool.submit(scene.service.method, identity.device_id, "late", {"x": 1}, connect=20)
        time.sleep(0.5)
        scene.client(identity).listen("methods")
        scene.equal("answer", call.result(25).payload, {"x": 1})


@statement
def method_not_answered(scene):
    """504 with 504101 after the response timeout; a late answer is dropped and the next call works."""
    pending = []
    device = scene.device("methods", answer=lambda request: pending.append(request))
    begin = time.monotonic()
    body = scene.refused("no answer", lambda: scene.service.method(device.id, "m", response=5), 504, number=504101)
    seconds = time.monotonic() - begin
    scene.true(f"after 5 s: {seconds:.1f} s", 4.8 < seconds < 9)
    scene.equal("JSON inside Message", json.loads(json.loads(body)["Message"])["errorCode"], 504101)
    from azure.iot.device import MethodResponse

    device.client.send_method_response(MethodResponse.create_from_method_request(pending[0], 200, "late"))
    device.answer = lambda request: (200, "now")
    scene.equal("next call", scene.service.method(device.id, "m").payload, "now")
    # A device that goes away during the call: the caller is told, not forgotten.
    device.answer = lambda request: threading.Thread(target=device.client.disconnect, daemon=True).start()
    scene.refused("gone", lambda: scene.service.method(device.id, "m", response=5), (404, 504))


@statement
def method_limits(scene):
    """Timeouts out of range, names and payloads too long are 400 or 413."""
    device = scene.device("methods")
    for what, options in [("response 4", {"response": 4}), ("response 301", {"response": 301}),
                          ("connect -1", {"connect": -1}), ("connect 301", {"connect": 301})]:
        scene.refused(what, lambda options=options: scene.service.method(device.id, "m", **options), 400)
    scene.refused("no name", lambda: scene.service.method(device.id, ""), 400)
    large = "x" * (128 * 1024 - 2)  # with its quotes 128 KiB
    scene.equal("payload of 128 KiB", scene.service.method(device.id, "m", large).payload, large)
    scene.refused("one more", lambda: scene.service.method(device.id, "m", large + "x"), (400, 413))
    answer = scene.service.request("POST", f"/twins/{device.id}/methods", "{", {"Content-Type": "application/json"})
    scene.equal("no JSON", answer.status_code, 400)


@statement
def methods_in_parallel(scene):
    """100 calls at once to 5 devices: each caller gets its own answer."""
    devices = [scene.device("methods", word=str(number)) for number in range(5)]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(scene.service.json, "POST", f"/twins/{devices[number % 5].id}/methods",
                             {"methodName": "echo", "payload": {"n": number}}) for number in range(100)]
        answers = [call.result(60) for call in calls]
    scene.equal("answers", answers, [{"status": 200, "payload": {"n": number}} for number in range(100)])


@statement
def method_recorded(scene):
    """Outcomes are in the topic commands: who, what, when, with what end; never the payload's secrets."""
    device = scene.device("methods", answer=lambda request: (207, {"ok": 1}))
    scene.service.method(device.id, "recorded", {"x": 1})
    device.client.disconnect()
    scene.wait("offline", lambda: scene.registry.get_device(device.id).connection_state == "Disconnected")
    scene.refused("offline", lambda: scene.service.method(device.id, "refused-one"), 404)
    found = scene.wait("records", lambda: [text for text in map(str, scene.records("commands", device.id))
                                           if "recorded" in text or "refused-one" in text])
    scene.wait("both", lambda: "refused-one" in str(scene.records("commands", device.id)))
    scene.true(f"name, status and who: {found[0][:600]}", "207" in found[0] and "policy:iothubowner" in found[0])


@statement
def digital_twin_commands(scene):
    """DigitalTwinClient: the document, a patch, a command of the root and one of a component."""
    def answer(request):
        return 200, {"name": request.name, "payload": request.payload}

    device = scene.device("methods", "patches", answer=answer, product_info="dtmi:com:example:Thermostat;1")
    client = scene.service.digital_twins
    device.report({"temperature": 21.5, "thermo1": {"__t": "c", "max": 30}})
    twin = client.get_digital_twin(device.id)
    scene.equal("document", (twin["$dtId"], twin["$metadata"]["$model"], twin["temperature"], twin["thermo1"]["max"]),
                (device.id, "dtmi:com:example:Thermostat;1", 21.5, 30))
    client.update_digital_twin(device.id, [{"op": "add", "path": "/target", "value": 42}])
    scene.equal("root property", device.patch(), {"target": 42, "$version": 2})
    client.update_digital_twin(device.id, [{"op": "add", "path": "/thermo1/target", "value": 7}])
    scene.equal("component", device.patch(), {"thermo1": {"__t": "c", "target": 7}, "$version": 3})
    scene.equal("command", client.invoke_command(device.id, "reboot", {"s": 1}, 5, 5),
                {"name": "reboot", "payload": {"s": 1}})
    scene.equal("component's command", client.invoke_component_command(device.id, "thermo1", "getMax", {"s": 2}, 5, 5),
                {"name": "thermo1*getMax", "payload": {"s": 2}})
    scene.refused("unknown device", lambda: client.get_digital_twin(scene.unique()), 404)
