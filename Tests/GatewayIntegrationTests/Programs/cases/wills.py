"""Wills."""

import time

from cases import case, equal, payloads, true


def _will(scene, **options):
    return {"topic": scene.topic("will"), "payload": "gone", "qos": 1} | options


@case
def will_published(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 2)
    for qos in (0, 1, 2):
        device = scene.peer("device", will=_will(scene, qos=qos))
        device.drop()
        message = watcher.receive()
        equal((message.text, message.qos, message.retain), ("gone", qos, False), "the will")


@case
def will_removed(scene):
    watcher, publisher = scene.peer("watcher"), scene.peer("publisher")
    watcher.subscribe(scene.topic("will"), 2)
    device = scene.peer("device", will=_will(scene))
    device.disconnect()
    equal(scene.peer("device").session_present, False, "the connection has ended")
    publisher.publish(scene.topic("will"), "end")
    equal(watcher.receive_until("end"), [], "wills after DISCONNECT")


@case
def will_retained(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 1)
    scene.peer("device", will=_will(scene, retain=True)).drop()
    equal(watcher.receive().retain, False, "retain to a subscription that existed")
    late = scene.peer("late")
    late.subscribe(scene.topic("will"), 1)
    message = late.receive()
    equal((message.text, message.retain), ("gone", True), "the retained will")


@case
def will_takeover(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 1)
    older = scene.peer("device", will=_will(scene))
    newer = scene.peer("device")
    older.closed()
    equal(watcher.receive().text, "gone", "the will of a connection that was taken over")
    newer.disconnect()


@case
def will_denied(scene):
    user = scene.server["limited"]
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("#"), 1)
    device = scene.make("device", user=user, will=_will(scene))
    try:
        device.connect()
        device.drop()
    except Exception as error:
        refused = str(error)
    else:
        refused = ""
    own = scene.peer("own", user=user, will=_will(scene, topic=scene.topic("own/will")))
    own.drop()
    equal(payloads([watcher.receive()]), ["gone"], "the will that is allowed")
    publisher = scene.peer("publisher")
    publisher.publish(scene.topic("x"), "end")
    equal(watcher.receive_until("end"), [], "the will without a permission")
    return refused or "accepted and not published"


@case
def will_properties(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 1)
    values = {
        "ContentType": "text/plain",
        "UserProperty": [("a", "1")],
        "PayloadFormatIndicator": 1,
        "ResponseTopic": "t/answer",
        "CorrelationData": b"\x01",
        "MessageExpiryInterval": 100,
    }
    scene.peer("device", will=_will(scene, properties=values)).drop()
    received = watcher.receive().properties
    true(99 <= received.pop("MessageExpiryInterval") <= 100, "expiry of the will")
    del values["MessageExpiryInterval"]
    equal(received, values, "properties of the will")


@case
def will_delay(scene):
    watcher, publisher = scene.peer("watcher"), scene.peer("publisher")
    watcher.subscribe(scene.topic("will"), 1)
    device = scene.session("device", will=_will(scene, properties={"WillDelayInterval": 2}))
    device.connect()
    begin = time.monotonic()
    device.drop()
    publisher.publish(scene.topic("will"), "before")
    equal(watcher.receive_until("before"), [], "wills before the delay")
    message = watcher.receive()
    equal(message.text, "gone", "the will")
    true(1.9 <= message.at - begin <= 5, f"after {message.at - begin:.2f} s of 2")


@case
def will_delay_cancelled(scene):
    watcher, publisher = scene.peer("watcher"), scene.peer("publisher")
    watcher.subscribe(scene.topic("will"), 1)
    device = scene.session("device", will=_will(scene, properties={"WillDelayInterval": 1}))
    device.connect()
    device.drop()
    device.connect()
    device.disconnect()
    time.sleep(2)
    publisher.publish(scene.topic("will"), "end")
    equal(watcher.receive_until("end"), [], "wills of a device that came back in time")


@case
def will_session_end(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 1)
    device = scene.session("device", expiry=1, will=_will(scene, properties={"WillDelayInterval": 60}))
    device.connect()
    begin = time.monotonic()
    device.drop()
    message = watcher.receive()
    true(0.9 <= message.at - begin <= 5, f"after {message.at - begin:.2f} s, when the session ends after 1")


@case
def will_with_disconnect(scene):
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("will"), 1)
    scene.peer("device", will=_will(scene)).disconnect(reason=0x04)
    equal(watcher.receive().text, "gone", "the will after DISCONNECT 0x04")
