"""Producing and reading."""

import json
import subprocess
import time

from kafka_peers import Out
from kafka_statements import statement


def keyed(count):
    return [
        Out(b'{"n":%d}' % number, key=b"dev-%03d" % (number % 37), headers=[("kind", b"test")])
        for number in range(count)
    ]


@statement
def list_topics(scene):
    topics = scene.peer.topics()
    for name in scene.server.get("topics", []):
        scene.equal(f"topic {name} is listed", name in topics, True)
    hidden = [name for name in topics if name.startswith("_")]
    scene.equal("hidden topics that are listed", hidden, [])
    name = scene.topic(partitions=7)
    scene.equal("partitions", scene.peer.topics()[name], 7)


@statement
def produce_keyed(scene):
    topic, records = scene.topic(), keyed(1000)
    places = scene.peer.produce(topic, records)
    read = scene.read_all(topic, 1000)
    expected = {}
    for record in records:
        expected.setdefault(record.key, []).append(record.value)
    found, partitions = {}, {}
    for record in read:
        found.setdefault(record.key, []).append(record.value)
        partitions.setdefault(record.key, set()).add(record.partition)
        scene.equal("headers", record.headers, [("kind", b"test")])
    scene.equal("values by key, in order", found, expected)
    scene.equal("keys in more than one partition", [key for key, seen in partitions.items() if len(seen) > 1], [])
    # murmur2, as the gateway chooses a device's partition: contract kafka, section 7
    scene.equal("partition of dev-001", partitions[b"dev-001"], {3})
    offsets = [(record.partition, record.offset) for record in read]
    ends = scene.peer.end_offsets(topic)
    scene.equal("offsets", offsets, [(number, offset) for number in sorted(ends) for offset in range(ends[number])])
    if places:
        scene.equal("acknowledged places", sorted(places), offsets)
        values = {(record.partition, record.offset): record.value for record in read}
        scene.equal("values at the acknowledged places", [values[place] for place in places],
                    [record.value for record in records])


@statement
def many_small_batches(scene):
    """Each record its own batch: the reader gathers many extents."""
    topic = scene.topic(partitions=2)
    for turn in range(30):
        scene.peer.produce(topic, [Out(b"%d" % turn, partition=turn % 2)], together=False)
    read = scene.read_all(topic, 30)
    for number in (0, 1):
        values = [int(record.value) for record in read if record.partition == number]
        scene.equal(f"partition {number}", values, list(range(number, 30, 2)))


@statement
def large_message(scene):
    topic = scene.topic(partitions=1)
    body = bytes(range(256)) * 3600 if scene.client != "kcat" else b"0123456789abcdef" * 57600
    scene.equal("bytes", len(body), 900 * 1024)
    scene.peer.produce(topic, [Out(body)])
    scene.peer.produce(topic, [Out(b"small")])
    read = scene.read_all(topic, 2)
    scene.equal("the large message arrives unchanged", read[0].value == body, True)
    scene.equal("the next one", read[1].value, b"small")


@statement
def too_large(scene):
    topic = scene.topic(partitions=1)
    scene.refused("1.2 MB", lambda: scene.peer.produce(topic, [Out(b"x" * 1_200_000)]), 10)
    scene.peer.produce(topic, [Out(b"fits")])
    scene.equal("what is stored", [record.value for record in scene.read_all(topic, 1)], [b"fits"])


@statement
def nothing_inside(scene):
    topic = scene.topic(partitions=1)
    records = [
        Out(None, key=b"gone"),
        Out(b"", key=b""),
        Out(b"v", headers=[("empty", b""), ("twice", b"1"), ("twice", b"2"), ("ü", "ß".encode())]),
    ]
    if scene.client != "kafka-python":  # which makes no header without a value
        records[2].headers.append(("none", None))
    scene.peer.produce(topic, records)
    read = [(record.key, record.value, record.headers) for record in scene.read_all(topic, 3)]
    scene.equal("records", read, [(record.key, record.value, record.headers) for record in records])


@statement
def acks(scene):
    topic = scene.topic(partitions=1)
    scene.peer.produce(topic, [Out(b"one")], acks=1)
    scene.peer.produce(topic, [Out(b"zero")], acks=0)
    scene.peer.produce(topic, [Out(b"all")], acks=-1)
    values = [record.value for record in scene.read_all(topic, 3)]
    scene.equal("values", sorted(values), [b"all", b"one", b"zero"])


@statement
def idempotent(scene):
    topic = scene.topic(partitions=2)
    parts = 1 if scene.client == "kcat" else 2  # a call of kcat's has one partition
    records = [Out(b"%d" % number, partition=number % parts) for number in range(1000)]
    scene.peer.produce(topic, records, idempotent=True, together=False)
    scene.peer.produce(topic, records, idempotent=True)
    read = scene.read_all(topic, 2000)
    for number in range(parts):
        values = [int(record.value) for record in read if record.partition == number]
        scene.equal(f"partition {number}", values, 2 * list(range(number, 1000, parts)))


@statement
def append_time(scene):
    topic, begin = scene.topic(partitions=1), time.time() * 1000
    stamp = None if scene.client == "kcat" else 1_600_000_000_000
    scene.peer.produce(topic, [Out(b"old clock", timestamp=stamp)])
    record = scene.read_all(topic, 1)[0]
    scene.equal("clock", record.clock, "append")
    scene.equal("the time is the server's", begin - 1000 <= record.timestamp <= time.time() * 1000 + 1000, True)


@statement
def create_time(scene):
    topic = scene.topic(partitions=1, config={"message.timestamp.type": "CreateTime"})
    now = int(time.time() * 1000)
    stamps = [now - 7_200_000, now - 3_600_000, now]
    scene.peer.produce(topic, [Out(b"%d" % stamp, timestamp=stamp) for stamp in stamps])
    read = scene.read_all(topic, 3)
    scene.equal("times", [(record.timestamp, record.clock) for record in read], [(stamp, "create") for stamp in stamps])
    for asked, offset in [(stamps[0] - 5, 0), (stamps[1], 1), (stamps[1] + 1, 2)]:
        scene.equal(f"offset of {asked}", scene.peer.offsets_for_time(topic, asked)[0], offset)
    ahead = now + 3 * 86_400_000
    scene.refused("three days ahead", lambda: scene.peer.produce(topic, [Out(b"ahead", timestamp=ahead)]), 32)


@statement
def seek_by_time(scene):
    topic = scene.topic(partitions=2)
    for part in range(3):
        scene.peer.produce(topic, [Out(b"%d" % part, partition=number) for number in (0, 1)]
                           if scene.client != "kcat" else [Out(b"%d" % part, partition=0)])
        if scene.client == "kcat":
            scene.peer.produce(topic, [Out(b"%d" % part, partition=1)])
        time.sleep(0.05)  # the parts' stamps differ: time is what is tried
    read = scene.read_all(topic, 6)
    stamps = {(record.partition, record.offset): record.timestamp for record in read}
    for number in (0, 1):
        first, last = stamps[number, 1], stamps[number, 2]
        scene.equal("the offset of the second one's time", scene.peer.offsets_for_time(topic, first)[number], 1)
        scene.equal("a millisecond later", scene.peer.offsets_for_time(topic, first + 1)[number], 2)
        later = scene.peer.offsets_for_time(topic, last + 1000)[number]
        scene.equal("behind the last one", later in (-1, 3), True)  # librdkafka says "end" for none
    if scene.client == "kcat":
        begin = min(stamps[0, 1], stamps[1, 1])
        found = sorted(record.value for record in scene.peer.read_from_time(topic, begin))
    else:
        consumer = scene.consumer(topic, partitions=[0])
        scene.equal("the first record", scene.read(consumer, 3)[0].offset, 0)
        consumer.seek(0, scene.peer.offsets_for_time(topic, stamps[0, 1])[0])
        found = [record.value for record in scene.read(consumer, 2)] * 2
        found.sort()
    scene.equal("records from the time on", found, [b"1", b"1", b"2", b"2"])


@statement
def out_of_range(scene):
    topic = scene.topic(partitions=1)
    scene.peer.produce(topic, [Out(b"only")])
    consumer = scene.consumer(topic, partitions=[0])
    scene.equal("first", scene.read(consumer, 1)[0].value, b"only")
    consumer.seek(0, 1_000_000)
    scene.equal("after the reset to the start", scene.read(consumer, 1)[0].offset, 0)


@statement
def long_poll(scene):
    """A fetch that waits up to 5 s is answered when something comes."""
    topic = scene.topic(partitions=1)
    consumer = scene.consumer(topic, partitions=[0], start="latest", wait=5_000)
    scene.quiet(consumer, 1.5)
    waited = []
    for number in range(5):
        scene.peer.produce(topic, [Out(b"%d" % number)], together=False)
        begin = time.monotonic()
        record = scene.read(consumer, 1, 6)[0]
        waited.append(time.monotonic() - begin)
        scene.equal("record", record.value, b"%d" % number)
    scene.equal(f"the waits {waited} are below 1 s", max(waited) < 1, True)


@statement
def compression(scene):
    body = b'{"temperature":21.50,"humidity":48.20,"pressure":1013.25,"pad":"%s"}' % (b"x" * 32)
    notes = []
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        topic = scene.topic(partitions=1)
        before = scene.stored_bytes(topic)
        records = [Out(body, key=b"dev-001") for _ in range(1000)]
        scene.peer.produce(topic, records, compression=codec)
        read = scene.read_all(topic, 1000)
        scene.equal(f"{codec}: values", {(record.key, record.value) for record in read}, {(b"dev-001", body)})
        if before is not None:
            stored, plain = scene.stored_bytes(topic) - before, 1000 * len(body)
            notes.append(f"{codec} {stored} of {plain}")
            scene.equal(f"{codec}: {stored} bytes stored of {plain}, less than a fifth", stored < plain / 5, True)
        if "events" in scene.server:
            command = [part.replace("{topic}", topic) for part in scene.server["events"]]
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
            scene.equal(f"{codec}: weir events read", (done.returncode, done.stderr[-300:]), (0, b""))
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            scene.equal(f"{codec}: bodies that weir events reads", [line["body"] for line in lines],
                        [json.loads(body)] * 1000)
    return ", ".join(notes)


@statement
def telemetry(scene):
    """What a device publishes over MQTT is read with key, headers and timestamp (DESIGN section 5)."""
    import paho.mqtt.publish

    mqtt, begin = scene.server["mqtt"], int(time.time() * 1000)
    bodies = [b'{"n":%d, "client":"%s"}' % (number, scene.client.encode()) for number in range(20)]
    bag = "%24.mid=m%201&%24.ct=application%2Fjson&%24.ce=utf-8&alert%20level=hot%20%26%20cold&who=" + scene.client
    paho.mqtt.publish.multiple(
        [{"topic": f"devices/{mqtt['device']}/messages/events/{bag}", "payload": body, "qos": 1} for body in bodies],
        hostname="127.0.0.1",
        port=mqtt["port"],
        client_id=mqtt["device"],
        auth={"username": mqtt["user"], "password": mqtt["token"]},
    )
    consumer, own, deadline = scene.consumer("telemetry"), [], time.monotonic() + 20
    while len(own) < len(bodies) and time.monotonic() < deadline:
        own += [record for record in consumer.poll(0.2) if ("who", scene.client.encode()) in record.headers]
    scene.equal("bodies, in order and unchanged", [record.value for record in own], bodies)
    scene.equal("partitions of one device", len({record.partition for record in own}), 1)
    for record in own:
        scene.equal("key", record.key, mqtt["device"].encode())
        scene.equal("clock", record.clock, "append")
        scene.equal("time", begin - 1000 <= record.timestamp <= time.time() * 1000 + 1000, True)
        seconds, milliseconds = divmod(record.timestamp, 1000)
        written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{milliseconds:03d}Z"
        scene.equal("headers of the gateway", record.headers[:2],
                    [("iothub-connection-device-id", mqtt["device"].encode()), ("iothub-enqueuedtime", written.encode())])
        scene.equal("headers of the message", dict(record.headers[2:]), {
            "message-id": b"m 1", "content-type": b"application/json", "content-encoding": b"utf-8",
            "alert level": b"hot & cold", "who": scene.client.encode(),
        })
