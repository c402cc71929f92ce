"""Publishing, subscribing, filters and the three qualities of service."""

from cases import case, equal, payloads, true
from mqtt_peer import Failure


@case
def qos_levels(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    for subscribed in (0, 1, 2):
        equal(subscriber.subscribe(scene.topic(f"{subscribed}/#"), subscribed), subscribed, "granted")
        for published in (0, 1, 2):
            equal(publisher.publish(scene.topic(f"{subscribed}/x"), f"{published}", published), 0, "acknowledged")
            message = subscriber.receive()
            equal(
                (message.text, message.qos),
                (f"{published}", min(subscribed, published)),
                f"{published} to {subscribed}",
            )
            true(not message.retain and not message.dup, f"flags of {message}")


def _in_order(scene, qos):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("#"), qos)
    numbers = [str(number) for number in range(300)]
    identifiers = [publisher.send(scene.topic("x"), number, qos) for number in numbers]
    for identifier in identifiers:
        equal(publisher.settle(identifier), 0, "acknowledged")
    publisher.publish(scene.topic("x"), "end", qos)
    equal(payloads(subscriber.receive_until("end")), numbers, "received")


@case
def qos1_order(scene):
    _in_order(scene, 1)


@case
def qos2_once(scene):
    _in_order(scene, 2)


@case
def filters(scene):
    topics = ["a", "a/b", "a/b/c", "a/c", "b", "/a", "a/", "a//b", "A"]
    expected = {
        "a": ["a"],
        "+": ["a", "b", "A"],
        "a/+": ["a/b", "a/c", "a/"],
        "a/#": ["a", "a/b", "a/b/c", "a/c", "a/", "a//b"],
        "#": topics,
        "+/b": ["a/b"],
        "+/+": ["a/b", "a/c", "/a", "a/"],
        "/+": ["/a"],
        "a/+/b": ["a//b"],
        "+/b/#": ["a/b", "a/b/c"],
        "a/+/#": ["a/b", "a/b/c", "a/c", "a/", "a//b"],
        "/#": ["/a"],
    }
    publisher = scene.peer("publisher")
    for filter, matching in expected.items():
        subscriber = scene.peer("subscriber")
        subscriber.subscribe([scene.topic(filter), f"{scene.prefix}-end"], 1)
        for topic in topics:
            publisher.publish(scene.topic(topic), topic)
        publisher.publish(f"{scene.prefix}-end", "end")
        equal(payloads(subscriber.receive_until("end")), matching, f"filter {filter}")
        subscriber.disconnect()


@case
def overlap(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("a/#"), 0)
    subscriber.subscribe(scene.topic("a/+"), 2)
    for number in range(5):
        publisher.publish(scene.topic("a/b"), f"{number}", 2)
    copies = [subscriber.receive()]
    while copies[-1].text != "4" or copies[-1].qos != 2:
        copies.append(subscriber.receive())
    equal(
        [copy.text for copy in copies if copy.qos == 2],
        [f"{number}" for number in range(5)],
        "with the highest quality of service",
    )
    return f"{len(copies)} copies of 5 messages"


@case
def resubscribe(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("x"), 0)
    subscriber.subscribe(scene.topic("x"), 2)
    publisher.publish(scene.topic("x"), "message", 2)
    publisher.publish(scene.topic("x"), "end", 2)
    messages = subscriber.receive_until("end")
    equal([(message.text, message.qos) for message in messages], [("message", 2)], "the later subscription replaces")


@case
def unsubscribe(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe([scene.topic("gone/#"), scene.topic("kept")], 1)
    codes = subscriber.unsubscribe([scene.topic("gone/#"), scene.topic("never")])
    if scene.is_5:
        equal(codes, [0x00, 0x11], "UNSUBACK: success, no subscription existed")
    publisher.publish(scene.topic("gone/x"), "gone")
    publisher.publish(scene.topic("kept"), "end")
    equal(subscriber.receive_until("end"), [], "messages of a filter that was taken away")


@case
def hidden_topics(scene):
    watcher = scene.peer("watcher", user=scene.server["watcher"])
    publisher = scene.peer("publisher")
    equal(watcher.subscribe(["#", "+/#", "+/hidden", "+/hidden/+"], 1), [1, 1, 1, 1], "granted")
    try:
        publisher.publish("$own/hidden", "hidden", 0)
        publisher.round_trip()
    except Failure:
        publisher = scene.peer("again")  # MQTT 3.1.1 has no other refusal than the end [MQTT-3.3.5-2]
    publisher.publish(scene.topic("x"), "end")
    messages = [message for message in watcher.receive_until("end") if message.topic.startswith("$")]
    equal(messages, [], "what wildcards at the begin of a filter show of $-topics")


@case
def payload_bytes(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("#"), 2)
    for qos in (0, 1, 2):
        for payload in (b"", bytes(range(256)), b"\x00", b"\xff\xfe", bytes(200 * 1024)):
            publisher.publish(scene.topic("x"), payload, qos)
            true(subscriber.receive().payload == payload, f"{len(payload)} bytes with QoS {qos}")


@case
def topic_text(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("#"), 1)
    for rest in ("ü", "温度/°C", "with space", "$not/first", "a//b", "", "😀", "{device}", "x" * 1000):
        publisher.publish(scene.topic(rest), rest)
        equal(subscriber.receive().topic, scene.topic(rest), "topic")


@case
def fan_out(scene):
    subscribers = [scene.peer(f"subscriber-{number}") for number in range(25)]
    for number, subscriber in enumerate(subscribers):
        subscriber.subscribe(scene.topic("x"), number % 3)
    publisher = scene.peer("publisher")
    numbers = [str(number) for number in range(20)]
    for number in numbers:
        publisher.publish(scene.topic("x"), number, 2)
    publisher.publish(scene.topic("x"), "end", 2)
    for subscriber in subscribers:
        equal(payloads(subscriber.receive_until("end")), numbers, "each message once, in order")
