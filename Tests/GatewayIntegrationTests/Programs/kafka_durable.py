"""A producer and a group that know nothing of the server's kill -9: confluent-kafka connects again and goes on.

kafka_durable.py create  SERVER_JSON TOPIC PARTITIONS
kafka_durable.py produce SERVER_JSON TOPIC COUNT ACKLOG   numbers 0 to COUNT-1, idempotent; a line in ACKLOG for each
                                                          acknowledged one: PARTITION OFFSET NUMBER
kafka_durable.py consume SERVER_JSON TOPIC COUNT SEENLOG  reads as a member of a group until every number has come; lines
                                                          PARTITION OFFSET NUMBER, `commit PARTITION OFFSET`, and at
                                                          each assignment `assigned PARTITION COMMITTED`
kafka_durable.py verify  SERVER_JSON TOPIC COUNT ACKLOG SEENLOG

`verify` reads the topic again: every number is there once; what was acknowledged and what was ever read lies at its
offset; no offset showed two records; no committed offset went back. One JSON line at the end.
"""

import collections
import json
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

LIMIT_SECONDS = 150
GROUP = "durable"


def settings(server):
    common = {
        "bootstrap.servers": server["bootstrap"],
        "log_level": 0,
        "reconnect.backoff.ms": 20,
        "reconnect.backoff.max.ms": 100,
        "error_cb": lambda error: None,
    }
    if server.get("user") is not None:
        common |= {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": server["user"],
            "sasl.password": server["password"],
        }
    return common


def create(server, topic, partitions):
    admin = AdminClient(settings(server))
    for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
        future.result(20)


def produce(server, topic, count, ack_log):
    producer = Producer(
        settings(server)
        | {
            "enable.idempotence": True,
            "linger.ms": 2,
            "batch.num.messages": 20,
            "retry.backoff.ms": 20,
            "retry.backoff.max.ms": 100,
            "message.timeout.ms": LIMIT_SECONDS * 1000,
            "partitioner": "murmur2_random",
        }
    )
    deadline = time.monotonic() + LIMIT_SECONDS
    failures, open_count = [], 0
    with open(ack_log, "a", encoding="ascii", buffering=1) as log:

        def delivered(error, message):
            nonlocal open_count
            open_count -= 1
            if error:
                failures.append(f"{message.value()!r}: {error.name()} {error.str()}")
            else:
                log.write(f"{message.partition()} {message.offset()} {message.value().decode()}\n")

        for number in range(count):
            while open_count >= 500:
                producer.poll(0.1)
                if time.monotonic() > deadline:
                    sys.exit(f"{open_count} numbers are not acknowledged after {LIMIT_SECONDS} s")
            open_count += 1
            producer.produce(topic, str(number), key=f"key-{number % 50}", on_delivery=delivered)
            producer.poll(0)
            if number % 20 == 0:
                time.sleep(0.001)  # so that the work lasts over the kills
        if producer.flush(LIMIT_SECONDS):
            sys.exit("not all were answered")
    if failures:
        sys.exit(f"{len(failures)} failed: {failures[:3]}")
    print(json.dumps({"produced": count}), flush=True)


def consume(server, topic, count, seen_log):
    consumer = Consumer(
        settings(server)
        | {
            "group.id": GROUP,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 200,
            "fetch.wait.max.ms": 100,
        }
    )
    seen, waiting, done_to, commits, repeats = set(), {}, {}, 0, 0
    deadline = time.monotonic() + LIMIT_SECONDS
    with open(seen_log, "a", encoding="ascii", buffering=1) as log:

        def assigned(consumer, places):
            try:
                known = consumer.committed(places, timeout=10)
            except KafkaException:
                return  # the gateway is away again: another assignment follows
            for place in known:
                log.write(f"assigned {place.partition} {place.offset}\n")

        consumer.subscribe([topic], on_assign=assigned)

        def commit():
            nonlocal commits
            places = [TopicPartition(topic, partition, offset) for partition, offset in waiting.items()]
            try:
                done = consumer.commit(offsets=places, asynchronous=False)
            except KafkaException:
                return  # the gateway is away, or has given the partitions to another generation: later
            for place in done:
                if place.error is None:
                    log.write(f"commit {place.partition} {place.offset}\n")
                    commits += 1
                    done_to[place.partition] = place.offset
                    waiting.pop(place.partition, None)

        while len(seen) < count or waiting:
            if time.monotonic() > deadline:
                sys.exit(f"read {len(seen)} of {count} numbers in {LIMIT_SECONDS} s; not committed: {waiting}")
            message = consumer.poll(0.05)
            if message is not None and message.error() is None:
                number = int(message.value())
                repeats += number in seen
                seen.add(number)
                log.write(f"{message.partition()} {message.offset()} {number}\n")
                # A record may come again that was read before a rebalance and committed after it: no commit for that.
                if message.offset() >= done_to.get(message.partition(), 0):
                    waiting[message.partition()] = message.offset() + 1
                if len(seen) % 100 == 0:
                    print("read", len(seen), flush=True)
                if len(seen) % 50 != 0 and len(seen) < count:
                    continue
            if waiting:
                commit()
    consumer.close()
    print(json.dumps({"read": len(seen), "repeats": repeats, "commits": commits}), flush=True)


def verify(server, topic, count, ack_log, seen_log):
    faults = []
    consumer = Consumer(settings(server) | {"group.id": GROUP, "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
    ends = {
        number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=20)[1] for number in partitions
    }
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    stored, deadline = {}, time.monotonic() + 60
    while len(stored) < sum(ends.values()) and time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is not None and message.error() is None:
            stored[message.partition(), message.offset()] = int(message.value())
    if len(stored) != sum(ends.values()):
        faults.append(f"{len(stored)} of {sum(ends.values())} records could be read")
    if sorted(stored.values()) != list(range(count)):
        found = list(stored.values())
        twice = sorted(number for number, times in collections.Counter(found).items() if times > 1)[:10]
        faults.append(f"{len(found)} records; missing {sorted(set(range(count)) - set(found))[:10]}, twice {twice}")
    for key in {number % 50 for number in range(count)}:
        numbers = [stored[place] for place in sorted(stored) if stored[place] % 50 == key]
        if numbers != sorted(numbers):
            faults.append(f"key-{key} is out of order")
    committed, begins, assignments = {}, {}, 0
    for name in (ack_log, seen_log):
        with open(name, encoding="ascii") as file:
            for line in file:
                words = line.split()
                if words[0] == "commit":
                    partition, offset = int(words[1]), int(words[2])
                    if offset < committed.get(partition, 0):
                        faults.append(f"partition {partition}: commit of {offset} after {committed[partition]}")
                    committed[partition] = offset
                    continue
                if words[0] == "assigned":
                    partition, offset = int(words[1]), int(words[2])
                    assignments += 1
                    if offset < committed.get(partition, -1001):
                        faults.append(f"partition {partition}: {offset} after the commit of {committed[partition]}")
                    begins[partition] = offset
                    continue
                partition, offset, number = map(int, words)
                if stored.get((partition, offset)) != number:
                    faults.append(f"{name}: {number} at {partition}/{offset}, now {stored.get((partition, offset))}")
                if name == seen_log and offset < begins.get(partition, 0):
                    faults.append(f"partition {partition}: {offset} read, assigned from {begins[partition]} on")
    now = consumer.committed([TopicPartition(topic, number) for number in partitions], timeout=20)
    found = {place.partition: place.offset for place in now if place.offset >= 0}
    if found != committed:
        faults.append(f"committed {found}, acknowledged were {committed}")
    consumer.close()
    print(json.dumps({"records": len(stored), "assignments": assignments, "faults": faults[:10]}), flush=True)
    sys.exit(1 if faults else 0)


def main():
    command, server_file, topic, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    with open(server_file, encoding="utf-8") as file:
        server = json.load(file)
    {"create": create, "produce": produce, "consume": consume, "verify": verify}[command](server, topic, count, *sys.argv[5:])


main()
