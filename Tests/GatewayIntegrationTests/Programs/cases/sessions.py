"""Sessions: clean start, expiry, offline queues, takeover."""

import time

from cases import case, equal, payloads, true


@case
def session_present(scene):
    session = scene.session("device")
    session.connect()
    equal(session.session_present, False, "session present at the first connect")
    session.disconnect()
    session.connect()
    equal(session.session_present, True, "session present at the second connect")
    session.disconnect()
    clean = scene.peer("device")
    equal(clean.session_present, False, "session present after a clean start")
    clean.disconnect()
    session.connect()
    equal(session.session_present, False, "session present after a connection that was clean and kept nothing")


@case
def clean_start(scene):
    session, publisher = scene.session("device"), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("old"), 1)
    session.disconnect()
    publisher.publish(scene.topic("old"), "queued")
    clean = scene.peer("device")
    clean.subscribe(scene.topic("new"), 1)
    publisher.publish(scene.topic("old"), "not subscribed any more")
    publisher.publish(scene.topic("new"), "end")
    equal(clean.receive_until("end"), [], "what a clean start kept")


@case
def offline_queue(scene):
    session, publisher = scene.session("device"), scene.peer("publisher")
    session.connect()
    equal(session.subscribe([scene.topic("1"), scene.topic("2")], 2), [2, 2], "granted")
    session.disconnect()
    expected = []
    for number in range(100):
        for qos in (1, 2):
            equal(publisher.publish(scene.topic(f"{qos}"), f"{number}", qos), 0, "acknowledged")
            expected.append((f"{number}", qos))
    session.connect()
    equal(session.session_present, True, "session present")
    # paho shows a QoS 2 message when PUBREL has come: QoS 1 may overtake it, so each topic is looked at by itself.
    messages = [(message.text, message.qos) for message in (session.receive() for _ in expected)]
    for qos in (1, 2):
        equal(
            [each for each in messages if each[1] == qos],
            [each for each in expected if each[1] == qos],
            "the queue, in order",
        )
    publisher.publish(scene.topic("1"), "end")
    equal(session.receive_until("end"), [], "further messages")
    session.round_trip()
    session.disconnect()
    session.connect()
    publisher.publish(scene.topic("1"), "end again")
    equal(session.receive_until("end again"), [], "nothing comes a second time")


@case
def offline_qos(scene):
    session, publisher = scene.session("device"), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("one"), 1)
    session.disconnect()
    publisher.publish(scene.topic("one"), "exactly once made at least once", 2)
    session.connect()
    message = session.receive()
    equal((message.qos, message.dup), (1, False), "quality of service of a queued message")


@case
def redelivery(scene):
    session, publisher = scene.session("device", manual_ack=True), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("x"), 1)
    for number in range(3):
        publisher.publish(scene.topic("x"), f"{number}")
    first = [session.receive() for _ in range(3)]
    session.client.ack(first[0].mid, 1)
    session.publish(scene.topic("own"), "the acknowledgement before it has arrived", 1)
    session.drop()
    session.connect()
    again = [session.receive() for _ in range(2)]
    equal(payloads(again), ["1", "2"], "what was not acknowledged comes again, in order")
    true(all(message.dup for message in again), f"DUP is set: {again}")
    equal([message.mid for message in again], [message.mid for message in first[1:]], "packet identifiers")


@case
def takeover(scene):
    session, publisher = scene.session("device"), scene.peer("publisher")
    session.connect()
    session.subscribe(scene.topic("x"), 1)
    newer = scene.session("device")
    newer.connect()
    equal(newer.session_present, True, "the session goes over")
    code = session.closed()
    if scene.is_5:
        equal(code, 0x8E, "DISCONNECT to the older connection")
    publisher.publish(scene.topic("x"), "message")
    equal(newer.receive().text, "message", "to the newer connection")
    true(session.messages.empty(), "nothing to the older one")


@case
def session_expiry_zero(scene):
    session = scene.session("device", expiry=0)
    session.connect()
    session.subscribe(scene.topic("x"), 1)
    session.drop()
    session.connect()
    equal(session.session_present, False, "a session with expiry 0 ends with its connection")


@case
def session_expires(scene):
    session, longer, publisher = (
        scene.session("device", expiry=1),
        scene.session("longer", expiry=60),
        scene.peer("publisher"),
    )
    for each in (session, longer):
        each.connect()
        each.subscribe(scene.topic("x"), 1)
        each.disconnect()
    publisher.publish(scene.topic("x"), "message")
    time.sleep(2.5)
    session.connect()
    equal(session.session_present, False, "after 2.5 s of 1")
    longer.connect()
    equal(longer.session_present, True, "after 2.5 s of 60")
    equal(longer.receive().text, "message", "the queue of the longer one")
    publisher.publish(scene.topic("x"), "end")
    longer.receive_until("end")
    true(session.messages.empty(), "nothing of the expired session")


@case
def session_expiry_changed(scene):
    session = scene.session("device", expiry=600)
    session.connect()
    session.disconnect(SessionExpiryInterval=0)
    session.connect()
    equal(session.session_present, False, "DISCONNECT has set the expiry to 0")
    session.disconnect(SessionExpiryInterval=30)
    session.connect()
    equal(session.session_present, True, "DISCONNECT has set the expiry to 30")


@case
def clean_start_keeps(scene):
    starter, publisher = scene.make("device", clean=True, SessionExpiryInterval=600), scene.peer("publisher")
    starter.connect()
    starter.subscribe(scene.topic("x"), 1)
    starter.drop()
    publisher.publish(scene.topic("x"), "queued")
    session = scene.session("device")
    session.connect()
    equal(
        (session.session_present, session.receive().text),
        (True, "queued"),
        "a clean start with an expiry makes a session",
    )
