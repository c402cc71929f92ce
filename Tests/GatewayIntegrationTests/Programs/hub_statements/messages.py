"""Cloud-to-device messages: AMQP from the unmodified service package, and their life until the feedback."""

import time

from azure.iot.hub import IoTHubRegistryManager
from uamqp import TransportType

from hub_statements import Failure, statement


def amqp(scene, websocket=False, policy="service"):
    """A registry manager whose AMQP reaches the gateway."""
    port = 443 if websocket else 5671
    if not scene.hub.server.get("amqps") and not websocket:
        raise Failure("the gateway has no AMQP port: amqp.tlsPort")
    scene.ends.enter_context(scene.hub.relay.fixed(port))
    kind = TransportType.AmqpOverWebsocket if websocket else TransportType.Amqp
    text = scene.hub.server["policies"][policy] if "=" not in policy else policy
    manager = IoTHubRegistryManager.from_connection_string(text, kind)
    scene.ends.callback(manager.amqp_svc_client.disconnect_sync)
    return manager


def send(scene, device, body, headers=None):
    """The REST extension; gives requests' response."""
    to = {"iothub-to": f"/devices/{device}/messages/devicebound"}
    return scene.service.request("POST", "/messages/devicebound", body, {**to, **(headers or {})})


def sent(scene, device, body, headers=None):
    answer = send(scene, device, body, headers)
    scene.equal(f"answer to {body}: {answer.text[:200]}", answer.status_code, 204)


def all_properties(scene, manager):
    device = scene.device("messages")
    manager.send_c2d_message(device.id, "hello c2d", {
        "messageId": "m9", "correlationId": "c1/x", "contentType": "application/json", "contentEncoding": "utf-8",
        "app one": "v/1", "n": 5, "empty": "", "ü": "ä=&",
    })
    message = device.message()
    scene.equal("message", (message.data, message.message_id, message.correlation_id, message.content_type,
                            message.content_encoding),
                (b"hello c2d", "m9", "c1/x", "application/json", "utf-8"))
    custom = message.custom_properties
    scene.equal("application properties", custom, {"app one": "v/1", "n": "5", "empty": "", "ü": "ä=&"})
    for number in range(10):
        manager.send_c2d_message(device.id, f"n{number}")
    scene.equal("in order", [device.message().data for _ in range(10)], [b"n%d" % number for number in range(10)])


@statement
def c2d_amqp(scene):
    """send_c2d_message over 5671, with all properties."""
    all_properties(scene, amqp(scene))


@statement
def c2d_websocket(scene):
    """The same over AMQP in WebSocket on 443."""
    all_properties(scene, amqp(scene, websocket=True))


@statement
def c2d_refused(scene):
    """An unknown device, a full queue: an exception, and the link stays usable; a wrong key does not get in."""
    manager = amqp(scene)
    identity = scene.register()
    scene.raises("unknown device", "Exception", lambda: manager.send_c2d_message(scene.unique(), "x"))
    for number in range(50):
        manager.send_c2d_message(identity.device_id, f"n{number}")
    error = scene.raises("the 51st", "Exception", lambda: manager.send_c2d_message(identity.device_id, "n50"))
    scene.true(f"what the package says: {error}", "send failure" in str(error))
    other = scene.device("messages", word="other")
    manager.send_c2d_message(other.id, "still usable")
    scene.equal("to another device", other.message().data, b"still usable")
    twin = scene.service.twin(identity.device_id)
    scene.equal("count", twin.cloud_to_device_message_count, 50)


@statement
def c2d_wrong_login(scene):
    """A wrong key, and a policy without ServiceConnect."""
    identity = scene.register()
    right = scene.hub.server["policies"]["service"]
    wrong = right.partition(";SharedAccessKey=")[0] + ";SharedAccessKey=d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc="
    manager = amqp(scene, policy=wrong)
    error = scene.raises("a wrong key", "Exception", lambda: manager.send_c2d_message(identity.device_id, "x"))
    scene.true(f"what it is: {type(error).__name__}: {error}", "Auth" in type(error).__name__ or "401" in str(error)
               or "nauthorized" in str(error))
    scene.equal("count", scene.service.twin(identity.device_id).cloud_to_device_message_count, 0)


@statement
def c2d_offline(scene):
    """50 wait in order for a device that is away, the 51st is 403; a message unacknowledged comes again."""
    identity = scene.register()
    for number in range(50):
        sent(scene, identity.device_id, b"n%d" % number, {"iothub-messageid": f"m{number}", "iothub-app-x": "1"})
    answer = send(scene, identity.device_id, b"n50")
    scene.equal("the 51st", (answer.status_code, answer.headers.get("iothub-errorcode")),
                (403, "DeviceMaximumQueueDepthExceeded"))
    wire = scene.wire(identity).opened()
    wire.subscribe(f"devices/{identity.device_id}/messages/devicebound/#")
    topic, payload, packet_id, _ = wire.message()
    scene.equal("first", (payload, "%24.mid=m0" in topic, "x=1" in topic), (b"n0", True, True))
    wire.socket.close()
    # Not acknowledged: it comes again, first, to the remembered subscription.
    device = scene.client(identity).listen("messages")
    found = [device.message() for _ in range(50)]
    scene.equal("order", [message.data for message in found], [b"n%d" % number for number in range(50)])
    scene.wait("an empty queue", lambda: scene.service.twin(device.id).cloud_to_device_message_count == 0)
    sent(scene, device.id, b"after")
    scene.equal("after", device.message().data, b"after")


def batch(scene, seconds=30):
    """The next batch of feedback, as requests' response."""
    operations = scene.registry.protocol.cloud_to_device_messages

    def received():
        answer = operations.receive_feedback_notification(raw=True).response
        return answer if answer.status_code == 200 else time.sleep(0.2)

    return scene.wait("feedback", received, seconds)


def feedback(scene, ids):
    """Reads and completes feedback until all these messages have theirs; gives the records by message id."""
    found = {}
    while not ids <= set(found):
        answer = batch(scene)
        scene.equal("content type", answer.headers["content-type"].split(";")[0],
                    "application/vnd.microsoft.iothub.feedback.json")
        found |= {record["originalMessageId"]: record for record in answer.json()}
        scene.service.runtime.complete_feedback_notification(answer.headers["ETag"].strip('"'))
    return found


@statement
def c2d_feedback(scene):
    """Success after PUBACK, Expired, Purged; none where none was asked for. A batch that is abandoned comes again."""
    online, away = scene.device("messages", word="online"), scene.register("away")
    past = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    word = scene.unique()
    sent(scene, online.id, b"1", {"iothub-messageid": f"{word}-done", "iothub-ack": "full"})
    sent(scene, online.id, b"2", {"iothub-messageid": f"{word}-silent"})
    sent(scene, away.device_id, b"3", {"iothub-messageid": f"{word}-expired", "iothub-ack": "negative",
                                       "iothub-expiry": past})
    scene.equal("delivered", [online.message().data, online.message().data], [b"1", b"2"])
    found = feedback(scene, {f"{word}-done", f"{word}-expired"})
    done = found[f"{word}-done"]
    scene.equal("success", (done["statusCode"], done["deviceId"]), ("Success", online.id))
    scene.equal("generation", done["deviceGenerationId"], scene.registry.get_device(online.id).generation_id)
    scene.equal("expired", found[f"{word}-expired"]["statusCode"], "Expired")
    for number in range(2):
        sent(scene, away.device_id, b"p", {"iothub-messageid": f"{word}-purged{number}", "iothub-ack": "full"})
    operations = scene.registry.protocol.cloud_to_device_messages
    purged = operations.purge_cloud_to_device_message_queue(away.device_id)
    scene.equal("purged", (purged.total_messages_purged, purged.device_id), (2, away.device_id))
    # The first batch is given back, and comes again.
    scene.service.runtime.abandon_feedback_notification(batch(scene).headers["ETag"].strip('"'))
    found = feedback(scene, {f"{word}-purged0", f"{word}-purged1"})
    scene.equal("purged", {record["statusCode"] for name, record in found.items() if "purged" in name}, {"Purged"})
    scene.true("none where none was asked for", f"{word}-silent" not in found)
    scene.true("the expired one is not delivered", scene.client(away).listen("messages").messages.empty())


@statement
def c2d_recorded(scene):
    """What became of a message is in the topic commands, with who sent it, and without its payload."""
    device, word = scene.device("messages"), scene.unique("id")
    sent(scene, device.id, b"payload-that-nobody-reads", {"iothub-messageid": word})
    device.message()

    def records():
        return [record for record in scene.records("commands", device.id) if word in str(record)]

    scene.wait("the message's end in the topic", lambda: len(records()) >= 2)
    text = str(records())
    scene.true(f"who sent it, and what became of it: {text[:600]}",
               "policy:iothubowner" in text and "complete" in text.lower())
    scene.true("no payload", "payload-that-nobody-reads" not in text)


@statement
def c2d_rest_refused(scene):
    """Unknown devices, bad addresses, times that are over, bodies over 64 KiB."""
    identity = scene.register()
    device = identity.device_id
    answer = send(scene, scene.unique(), b"x")
    scene.equal("unknown device", (answer.status_code, answer.headers.get("iothub-errorcode")), (404, "DeviceNotFound"))
    sent(scene, device, b"x" * 65_536)
    scene.true("one more byte", send(scene, device, b"x" * 65_537).status_code in (400, 413))
    scene.equal("no address", scene.service.request("POST", "/messages/devicebound", b"x").status_code, 400)
    scene.equal("a module", send(scene, f"{device}/modules/m", b"x").status_code in (400, 404), True)
    scene.equal("a wrong ack", send(scene, device, b"x", {"iothub-ack": "sometimes"}).status_code, 400)
    scene.equal("a wrong expiry", send(scene, device, b"x", {"iothub-expiry": "soon"}).status_code, 400)
    answer = scene.service.request("DELETE", f"/devices/{scene.unique()}/commands")
    scene.equal("purging an unknown device", answer.status_code, 404)
    answer = scene.service.request("DELETE", "/messages/serviceBound/feedback/00000000-0000-0000-0000-000000000000")
    scene.true(f"an unknown lock: {answer.status_code}", 400 <= answer.status_code < 500)
