"""What the two sides agree on, and how the server refuses."""

import struct

from cases import case, equal, payloads, true
from mqtt_peer import Failure
from mqtt_wire import Wire, publish


@case
def alias_to_server(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.make("publisher")
    maximum = publisher.connect().get("TopicAliasMaximum", 0)
    true(maximum > 0, "the server takes topic aliases")
    subscriber.subscribe(scene.topic("#"), 1)
    for alias in (1, maximum):
        publisher.publish(scene.topic(f"{alias}"), "named", TopicAlias=alias)
        publisher.publish("", "by alias", TopicAlias=alias)
        publisher.publish("", "by alias", 0, TopicAlias=alias)
        messages = [subscriber.receive() for _ in range(3)]
        equal([message.topic for message in messages], [scene.topic(f"{alias}")] * 3, "topics")
        true(all("TopicAlias" not in message.properties for message in messages), "an alias is the connection's own")
    publisher.publish(scene.topic("moved"), "named", TopicAlias=1)
    publisher.publish("", "by alias", TopicAlias=1)
    equal([subscriber.receive().topic for _ in range(2)], [scene.topic("moved")] * 2, "after the alias has moved")


@case
def alias_too_large(scene):
    publisher = scene.make("publisher")
    maximum = publisher.connect().get("TopicAliasMaximum", 0)
    try:
        publisher.send(scene.topic("x"), "message", TopicAlias=maximum + 1)
    except Failure:
        pass  # closed before paho has looked again
    equal(publisher.closed(), 0x94, "DISCONNECT")


@case
def alias_to_client(scene):
    subscriber, publisher = scene.peer("subscriber", TopicAliasMaximum=2), scene.peer("publisher")
    subscriber.subscribe(scene.topic("#"), 1)
    topics, aliased = {}, 0
    for number in range(30):
        topic = scene.topic(f"{number % 3}")
        publisher.publish(topic, topic)
        message = subscriber.receive()
        alias = message.properties.get("TopicAlias")
        true(alias is None or 1 <= alias <= 2, f"alias {alias} of at most 2")
        if message.topic:
            topics[alias] = message.topic
        else:
            aliased += 1
        equal(topics[alias] if not message.topic else message.topic, message.text, "the topic that is meant")
    true(aliased > 0, "the server uses aliases when the client takes them")
    return f"{aliased} of 30 topics were sent as an alias"


@case
def receive_maximum_of_client(scene):
    session, publisher = scene.session("subscriber", manual_ack=True, ReceiveMaximum=3), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("#"), 1)
    for number in range(10):
        publisher.publish(scene.topic("x"), f"{number}")
    publisher.publish(scene.topic("x"), "QoS 0 does not count", 0)
    first = [session.receive() for _ in range(3)]
    equal(payloads(first), ["0", "1", "2"], "the first three")
    # An answer to this client shows that what could be sent has been sent.
    session.round_trip()
    waiting = [message for message in list(session.messages.queue) if message.qos > 0]
    equal(waiting, [], "messages beyond the client's receive maximum")
    while not session.messages.empty():
        session.messages.get()
    for number in range(3, 10):
        session.client.ack(first.pop(0).mid, 1)
        while (message := session.receive()).qos == 0:
            pass
        equal(message.text, f"{number}", "the next after an acknowledgement")
        first.append(message)


@case
def receive_maximum_of_server(scene):
    with Wire(scene.server) as wire:
        maximum = _connack_property(wire.open(scene.client_id("device"), "5"), 0x21)
        true(maximum is not None, "the server says its receive maximum")
        for number in range(1, maximum + 1):
            wire.send(publish(scene.topic("x"), b"", "5", qos=2, packet_id=number))
        for _ in range(maximum):
            equal(wire.next()[0], 0x50, "PUBREC")
        wire.send(publish(scene.topic("x"), b"", "5", qos=2, packet_id=maximum + 1))
        equal(wire.disconnect_reason(), 0x93, "DISCONNECT after one message too many")
        return f"receive maximum {maximum}"


@case
def packet_size_of_client(scene):
    subscriber, publisher = scene.peer("subscriber", MaximumPacketSize=1000), scene.peer("publisher")
    subscriber.subscribe(scene.topic("x"), 2)
    for qos in (0, 1, 2):
        publisher.publish(scene.topic("x"), bytes(1000), qos)
        publisher.publish(scene.topic("x"), bytes(900), qos)
        publisher.publish(scene.topic("x"), "end", qos)
        equal([len(message.payload) for message in subscriber.receive_until("end")], [900], "what fits")


@case
def packet_size_of_server(scene):
    publisher = scene.make("publisher")
    maximum = publisher.connect().get("MaximumPacketSize")
    true(maximum is not None, "the server says its maximum packet size")
    subscriber = scene.peer("subscriber")
    subscriber.subscribe(scene.topic("x"), 1)
    # Topic, packet identifier, property length and fixed header (five bytes: the size is above 2 MiB or needs four).
    header = 2 + len(scene.topic("x")) + 2 + 1
    fixed = 1 + (4 if maximum >= 2_097_157 else 3)
    publisher.publish(scene.topic("x"), bytes(maximum - header - fixed))
    equal(len(subscriber.receive().payload), maximum - header - fixed, "the largest packet")
    with Wire(scene.server) as wire:
        wire.open(scene.client_id("wire"), "5")
        try:
            wire.send(publish(scene.topic("x"), bytes(maximum - header - fixed + 1), "5", qos=1, packet_id=1))
        except OSError:
            pass  # closed while it was still being sent
        equal(wire.disconnect_reason(), 0x95, "DISCONNECT after a packet one byte too large")
    return f"maximum packet size {maximum}"


@case
def not_authorized(scene):
    limited = scene.peer("limited", user=scene.server["limited"])
    watcher = scene.peer("watcher")
    watcher.subscribe(scene.topic("#"), 1)
    refused = 0x87 if scene.is_5 else 0x80
    codes = limited.subscribe(
        [scene.topic("own/x"), scene.topic("other"), scene.topic("own/#"), scene.topic("#"), "#", scene.topic("+/x")], 1
    )
    equal(codes, [1, refused, 1, refused, refused, refused], "SUBACK")
    equal(limited.publish(scene.topic("own/x"), "allowed"), 0, "PUBACK")
    if scene.is_5:
        equal(limited.publish(scene.topic("other"), "not allowed"), 0x87, "PUBACK")
    else:
        limited.send(scene.topic("other"), "not allowed")  # the server may close or acknowledge [MQTT-3.3.5-2]
    scene.peer("publisher").publish(scene.topic("x"), "end")
    equal(payloads(watcher.receive_until("end")), ["allowed"], "what others see of it")


@case
def no_subscribers(scene):
    publisher = scene.peer("publisher")
    equal(publisher.publish(scene.topic("x"), "message"), 0x10, "PUBACK when nobody has subscribed")
    publisher.subscribe(scene.topic("x"), 0)
    equal(publisher.publish(scene.topic("x"), "message"), 0x00, "PUBACK when somebody has")


@case
def bad_login(scene):
    name, password = scene.server["user"], scene.server["password"]
    for user in ((name, password + "x"), (name, ""), ("nobody", password)):
        peer = scene.make("device", user=user)
        try:
            peer.connect()
        except Failure as failure:
            equal(
                str(failure)[:12], "CONNACK 0x87" if scene.is_5 else "CONNACK 0x87", "refusal"
            )  # paho maps 3.1.1's 5 to 0x87
        else:
            raise Failure(f"{user} was accepted")


@case
def assigned_client_id(scene):
    peers = []
    for _ in range(2):
        peer = scene.make("device")
        peer.client._client_id = b""
        identifier = peer.connect().get("AssignedClientIdentifier")
        true(identifier, "the server says which client identifier it has assigned")
        peers.append(identifier)
    true(peers[0] != peers[1], f"two clients have the same: {peers}")
    given = scene.make("device")
    true("AssignedClientIdentifier" not in given.connect(), "a client's own identifier is not answered")


@case
def server_keep_alive(scene):
    values = scene.make("long", keep_alive=65_535).connect()
    limit = values.get("ServerKeepAlive")
    true(limit is not None and 0 < limit < 65_535, f"server keep alive {limit} for 65535")
    equal(scene.make("short", keep_alive=30).connect().get("ServerKeepAlive"), None, "server keep alive for 30")
    return f"server keep alive {limit}"


@case
def enhanced_authentication(scene):
    for values in (
        {"AuthenticationMethod": "SCRAM-SHA-256"},
        {"AuthenticationMethod": "x", "AuthenticationData": b"\x00"},
    ):
        scene.make("device", **values).connect(expect=0x8C)


@case
def connack_abilities(scene):
    values = scene.make("device").connect()
    for name in (
        "RetainAvailable",
        "WildcardSubscriptionAvailable",
        "SubscriptionIdentifierAvailable",
        "SharedSubscriptionAvailable",
    ):
        equal(values.get(name, 1), 1, name)
    equal(values.get("MaximumQoS", 2), 2, "MaximumQoS")
    return str(values)


def _connack_property(body, wanted):
    """An integer property of CONNACK's bytes; `None` when it is not there."""
    sizes = {0x11: 4, 0x21: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x22: 2, 0x28: 1, 0x29: 1, 0x2A: 1, 0x13: 2}
    at, end = 3, 3 + body[2]
    while at < end:
        identifier, at = body[at], at + 1
        if identifier in sizes:
            size = sizes[identifier]
            if identifier == wanted:
                return int.from_bytes(body[at : at + size], "big")
            at += size
        else:
            at += 2 + struct.unpack_from("!H", body, at)[0]  # a text; user properties are two of them
            if identifier == 0x26:
                at += 2 + struct.unpack_from("!H", body, at)[0]
    return None
