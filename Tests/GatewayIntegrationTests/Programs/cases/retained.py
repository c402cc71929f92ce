"""Retained messages."""

import time

from cases import case, equal, payloads, true


@case
def retained_set(scene):
    early, publisher = scene.peer("early"), scene.peer("publisher")
    early.subscribe(scene.topic("x"), 2)
    for qos in (0, 1, 2):
        publisher.publish(scene.topic("x"), f"value {qos}", qos, retain=True)
        message = early.receive()
        equal((message.text, message.retain), (f"value {qos}", False), "to a subscription that existed")
        late = scene.peer("late")
        late.subscribe(scene.topic("x"), 2)
        message = late.receive()
        equal((message.text, message.retain, message.qos), (f"value {qos}", True, qos), "to a new subscription")
        publisher.publish(scene.topic("x"), "end", 1)
        equal(late.receive_until("end"), [], "further messages")
        equal(early.receive_until("end"), [], "further messages")
        late.disconnect()


@case
def retained_clear(scene):
    early, publisher = scene.peer("early"), scene.peer("publisher")
    publisher.publish(scene.topic("x"), "value", retain=True)
    early.subscribe(scene.topic("#"), 1)
    equal(early.receive().text, "value", "retained")
    publisher.publish(scene.topic("x"), b"", retain=True)
    message = early.receive()
    equal((message.payload, message.retain), (b"", False), "the clearing message itself is delivered")
    late = scene.peer("late")
    late.subscribe(scene.topic("#"), 1)
    publisher.publish(scene.topic("y"), "end")
    equal(late.receive_until("end"), [], "messages after the clearing")


@case
def retained_filters(scene):
    publisher = scene.peer("publisher")
    for topic in ("a", "a/1", "a/2", "a/2/deep", "b"):
        publisher.publish(scene.topic(topic), topic, retain=True)
    for filter, expected in (
        ("a/+", ["a/1", "a/2"]),
        ("a/#", ["a", "a/1", "a/2", "a/2/deep"]),
        ("+", ["a", "b"]),
        ("c", []),
    ):
        subscriber = scene.peer("subscriber")
        subscriber.subscribe([scene.topic(filter)], 1)
        subscriber.subscribe(f"{scene.prefix}-end", 1)
        publisher.publish(f"{scene.prefix}-end", "end")
        equal(sorted(payloads(subscriber.receive_until("end"))), expected, f"retained of {filter}")
        subscriber.disconnect()


@case
def retained_again(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    publisher.publish(scene.topic("x"), "value", 2, retain=True)
    for qos in (1, 0):
        subscriber.subscribe(scene.topic("x"), qos)
        message = subscriber.receive()
        equal((message.text, message.retain, message.qos), ("value", True, qos), "each SUBSCRIBE brings it again")


@case
def retain_handling(scene):
    publisher = scene.peer("publisher")
    publisher.publish(scene.topic("x"), "value", retain=True)
    for handling, first, again in ((0, ["value"], ["value"]), (1, ["value"], []), (2, [], [])):
        subscriber = scene.peer("subscriber")
        for expected in (first, again):
            subscriber.subscribe(scene.topic("x"), 1, retainHandling=handling)
            publisher.publish(scene.topic("x"), "end")
            equal(payloads(subscriber.receive_until("end")), expected, f"retain handling {handling}")
        subscriber.disconnect()


@case
def retain_as_published(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("kept"), 1, retainAsPublished=True)
    subscriber.subscribe(scene.topic("cleared"), 1, retainAsPublished=False)
    for name, flag in (("kept", True), ("kept", False), ("cleared", True), ("cleared", False)):
        publisher.publish(scene.topic(name), name, retain=flag)
        message = subscriber.receive()
        equal((message.text, message.retain), (name, flag and name == "kept"), "retain flag")


@case
def retained_properties(scene):
    publisher = scene.peer("publisher")
    publisher.publish(
        scene.topic("x"),
        "value",
        retain=True,
        ContentType="text/plain",
        UserProperty=[("a", "1"), ("a", "2")],
        PayloadFormatIndicator=1,
        ResponseTopic="t/answer",
        CorrelationData=b"\x00\x01",
    )
    subscriber = scene.peer("subscriber")
    subscriber.subscribe(scene.topic("x"), 1)
    expected = {
        "ContentType": "text/plain",
        "UserProperty": [("a", "1"), ("a", "2")],
        "PayloadFormatIndicator": 1,
        "ResponseTopic": "t/answer",
        "CorrelationData": b"\x00\x01",
    }
    equal(subscriber.receive().properties, expected, "properties of a retained message")


@case
def retained_expiry(scene):
    publisher = scene.peer("publisher")
    publisher.publish(scene.topic("short"), "short", retain=True, MessageExpiryInterval=1)
    publisher.publish(scene.topic("long"), "long", retain=True, MessageExpiryInterval=100)
    time.sleep(2.2)
    subscriber = scene.peer("subscriber")
    subscriber.subscribe(scene.topic("#"), 1)
    publisher.publish(scene.topic("x"), "end")
    messages = subscriber.receive_until("end")
    equal(payloads(messages), ["long"], "retained messages that have not expired")
    left = messages[0].properties["MessageExpiryInterval"]
    true(96 <= left <= 98, f"{left} s are left of 100 after 2.2")
