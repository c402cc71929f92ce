"""What MQTT 5 adds to messages and subscriptions."""

import time

from cases import case, equal, payloads, true


@case
def message_properties(scene):
    subscriber, publisher = scene.peer("subscriber"), scene.peer("publisher")
    subscriber.subscribe(scene.topic("x"), 2)
    values = {
        "PayloadFormatIndicator": 1,
        "ContentType": "application/json; ü",
        "ResponseTopic": "t/answer/😀",
        "CorrelationData": bytes(range(256)),
        "UserProperty": [("b", "2"), ("a", "1"), ("b", "1"), ("", ""), ("ü", "温")],
    }
    for qos in (0, 1, 2):
        publisher.publish(scene.topic("x"), '{"ü":1}', qos, **values)
        equal(subscriber.receive().properties, values, f"properties with QoS {qos}")
    publisher.publish(scene.topic("x"), "plain")
    equal(subscriber.receive().properties, {}, "properties that nobody sent")


@case
def request_response(scene):
    requester, responder = scene.peer("requester"), scene.peer("responder")
    requester.subscribe(scene.topic("answers"), 1)
    responder.subscribe(scene.topic("requests"), 1)
    requester.publish(scene.topic("requests"), "6 * 7", ResponseTopic=scene.topic("answers"), CorrelationData=b"q-1")
    request = responder.receive()
    responder.publish(request.properties["ResponseTopic"], "42", CorrelationData=request.properties["CorrelationData"])
    answer = requester.receive()
    equal((answer.text, answer.properties), ("42", {"CorrelationData": b"q-1"}), "the answer")


@case
def subscription_identifiers(scene):
    session, publisher = scene.session("subscriber"), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("a/#"), 1, identifier=1)
    session.subscribe(scene.topic("a/+"), 1, identifier=268_435_455)
    session.subscribe(scene.topic("b"), 1)

    def identifiers(count):
        found = []
        while len(found) < count:
            value = session.receive().properties.get("SubscriptionIdentifier", [])
            found += value if isinstance(value, list) else [value]
        return sorted(found)

    for state in ("connected", "queued"):
        if state == "queued":
            session.round_trip()
            session.disconnect()
        publisher.publish(scene.topic("a/x"), "both")
        publisher.publish(scene.topic("a/x/y"), "first")
        publisher.publish(scene.topic("b"), "none")
        if state == "queued":
            session.connect()
        equal(identifiers(2), [1, 268_435_455], f"of two subscriptions, {state}")
        equal(identifiers(1), [1], f"of one, {state}")
        equal(session.receive().properties, {}, f"of one without, {state}")
    session.subscribe(scene.topic("a/#"), 1, identifier=7)
    publisher.publish(scene.topic("a/x/y"), "changed")
    equal(identifiers(1), [7], "after the subscription was made again")


@case
def no_local(scene):
    both, publisher = scene.peer("both"), scene.peer("publisher")
    both.subscribe(scene.topic("quiet"), 1, noLocal=True)
    both.subscribe(scene.topic("loud"), 1, noLocal=False)
    both.publish(scene.topic("quiet"), "own")
    publisher.publish(scene.topic("quiet"), "other")
    both.publish(scene.topic("loud"), "own")
    equal(payloads([both.receive(), both.receive()]), ["other", "own"], "messages")


@case
def shared_subscription(scene):
    workers = [scene.peer(f"worker-{number}") for number in range(3)]
    beside, publisher = scene.peer("beside"), scene.peer("publisher")
    publisher.publish(scene.topic("x"), "retained", retain=True)
    beside.subscribe(scene.topic("x"), 1, retainHandling=2)
    for worker in workers:
        equal(worker.subscribe(f"$share/group/{scene.topic('x')}", 1), 1, "granted")
    numbers = [str(number) for number in range(60)]
    for number in numbers:
        publisher.publish(scene.topic("x"), number)
    equal(payloads([beside.receive() for _ in numbers]), numbers, "an ordinary subscription gets all of them")
    shares = []
    for number, worker in enumerate(workers):
        equal(worker.subscribe(scene.topic(f"end-{number}"), 1), 1, "granted")
        publisher.publish(scene.topic(f"end-{number}"), "end")
        shares.append(payloads(worker.receive_until("end")))
    equal(sorted(sum(shares, []), key=int), numbers, "the group gets each message once, and no retained one")
    true(all(shares), f"everybody of the group has work: {[len(share) for share in shares]}")
    workers[0].disconnect()
    publisher.publish(scene.topic("x"), "0")
    publisher.publish(scene.topic("x"), "1")
    for number in (1, 2):
        publisher.publish(scene.topic(f"end-{number}"), "end")
    rest = payloads(workers[1].receive_until("end")) + payloads(workers[2].receive_until("end"))
    equal(sorted(rest), ["0", "1"], "the rest of the group goes on")


@case
def shared_groups(scene):
    one, two, publisher = scene.peer("one"), scene.peer("two"), scene.peer("publisher")
    one.subscribe(f"$share/one/{scene.topic('#')}", 1)
    two.subscribe(f"$share/two/{scene.topic('#')}", 1)
    publisher.publish(scene.topic("x"), "message")
    equal(payloads([one.receive(), two.receive()]), ["message"] * 2, "each group gets it")


@case
def shared_offline(scene):
    session, publisher = scene.session("worker"), scene.peer("publisher")
    session.connect()
    session.subscribe(f"$share/group/{scene.topic('x')}", 1)
    session.disconnect()
    for number in range(5):
        publisher.publish(scene.topic("x"), f"{number}")
    session.connect()
    equal(
        payloads([session.receive() for _ in range(5)]),
        [f"{number}" for number in range(5)],
        "queued for the group's only session",
    )


@case
def message_expiry(scene):
    session, publisher = scene.session("subscriber"), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("x"), 1)
    publisher.publish(scene.topic("x"), "at once", MessageExpiryInterval=50)
    at_once = session.receive()
    true(49 <= at_once.properties["MessageExpiryInterval"] <= 50, f"{at_once}")
    session.round_trip()
    session.disconnect()
    publisher.publish(scene.topic("x"), "short", MessageExpiryInterval=1)
    publisher.publish(scene.topic("x"), "long", MessageExpiryInterval=100)
    publisher.publish(scene.topic("x"), "never")
    time.sleep(2.2)
    session.connect()
    message = session.receive()
    equal(message.text, "long", "the first message that has not expired")
    left = message.properties["MessageExpiryInterval"]
    true(96 <= left <= 98, f"{left} s are left of 100 after 2.2")
    message = session.receive()
    equal((message.text, message.properties), ("never", {}), "the message without expiry")
