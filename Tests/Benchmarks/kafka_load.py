"""What kafka.py runs as clients, each in a process of its own; the same program for every server. One JSON line each.

  kafka_load.py create  SERVER_JSON TOPIC PARTITIONS
  kafka_load.py fill    SERVER_JSON TOPIC RECORDS BYTES    RECORDS values of BYTES, spread over the partitions
  kafka_load.py consume SERVER_JSON TOPIC RECORDS SECONDS  all of them from the start, without a group, or what can be
                                                           read in SECONDS
  kafka_load.py latency SERVER_JSON TOPIC SECONDS WARMUP   at the tail; values begin with ns of CLOCK_MONOTONIC
  kafka_load.py readers SERVER_JSON TOPIC COUNT SECONDS    COUNT consumers from places spread over the topic, then all
                                                           at the tail for as long

SERVER_JSON: {bootstrap, user, password}, without user for a server without SASL.
"""

import json
import random
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

LIMIT_SECONDS = 900


def settings(server):
    common = {"bootstrap.servers": server["bootstrap"], "log_level": 3}
    if server.get("user"):
        common |= {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": server["user"],
            "sasl.password": server["password"],
        }
    return common


def partitions_of(client, topic):
    return sorted(client.list_topics(topic, timeout=20).topics[topic].partitions)


def create(server, topic, partitions):
    admin = AdminClient(settings(server))
    for future in admin.create_topics([NewTopic(topic, int(partitions), 1)]).values():
        future.result(20)
    return {}


def fill(server, topic, records, size):
    records, size, chunk = int(records), int(size), 10_000
    failed = []
    producer = Producer(
        settings(server)
        | {
            "linger.ms": 20,
            "batch.size": 500_000,
            "batch.num.messages": 1_000_000,
            "queue.buffering.max.messages": 500_000,
            "queue.buffering.max.kbytes": 1 << 18,
            "message.timeout.ms": LIMIT_SECONDS * 1000,
        },
    )
    partitions = partitions_of(producer, topic)
    value = random.Random(1).randbytes(size // 2).hex().encode()[:size].ljust(size, b"x")
    messages = [{"value": value} for _ in range(chunk)]
    begin = time.monotonic()
    # One chunk a partition in turn: every partition gets the same number of records.
    for number in range(0, records, chunk):
        while len(producer) > min(400_000, (1 << 27) // size):
            producer.poll(0.01)
        part = messages[: min(chunk, records - number)]
        done = producer.produce_batch(topic, part, partition=partitions[number // chunk % len(partitions)])
        if done != len(part):
            failed.append(f"{len(part) - done} records were not taken")
        producer.poll(0)
    left = producer.flush(LIMIT_SECONDS)
    if left or failed:
        sys.exit(f"{left} not stored; {failed[:3]}")
    return {"records": records, "seconds": time.monotonic() - begin}


def consume(server, topic, records, limit):
    records = int(records)
    # noida-db 0.2.3 ignores the limits of a Fetch and sends all there is in one answer, 138 MB for a million records:
    # the client takes the largest it can.
    large = {"receive.message.max.bytes": 2_147_483_647}
    consumer = Consumer(settings(server) | large | {"group.id": "bench", "enable.auto.commit": False})
    partitions = partitions_of(consumer, topic)
    begin, processor = time.monotonic(), time.process_time()
    deadline = begin + float(limit)
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    count = size = 0
    while count < records and time.monotonic() < deadline:
        messages = consumer.consume(10_000, 1.0)
        count += len(messages)
        for message in messages:
            size += len(message.value())
    seconds, processor = time.monotonic() - begin, time.process_time() - processor
    consumer.close()
    return {"records": count, "bytes": size, "seconds": seconds, "client_cpu": processor}


def latency(server, topic, seconds, warmup):
    consumer = Consumer(
        settings(server) | {"group.id": "bench", "enable.auto.commit": False, "fetch.wait.max.ms": 500}
    )
    partitions = partitions_of(consumer, topic)
    consumer.assign([TopicPartition(topic, number, -1) for number in partitions])
    end = time.monotonic() + 2
    while time.monotonic() < end:  # the first fetch waits at the end by then
        consumer.poll(0.1)
    print("reading", flush=True)
    waits, first, last = [], None, time.monotonic_ns()
    while True:
        message = consumer.poll(0.5)
        now = time.monotonic_ns()
        if message is None or message.error():
            if first is not None and now - last > 2e9 or now - last > 60e9:
                break
            continue
        last = now
        first = first or now
        due = int(message.value()[:19])
        if now - first > float(warmup) * 1e9:
            waits.append(now - due)
    consumer.close()
    if not waits:
        sys.exit("nothing came")
    waits.sort()
    place = lambda share: waits[min(len(waits) - 1, int(len(waits) * share))] / 1e6
    return {"records": len(waits), "p50": place(0.5), "p99": place(0.99), "p999": place(0.999), "max": waits[-1] / 1e6}


def readers(server, topic, count, seconds):
    count, seconds, chance = int(count), float(seconds), random.Random(1)
    consumers = []
    # Small buffers: a hundred clients in one process.
    small = {"queued.max.messages.kbytes": 1024, "queued.min.messages": 1000, "enable.auto.commit": False}
    ends = None
    for number in range(count):
        consumer = Consumer(settings(server) | small | {"group.id": f"reader-{number}"})
        if ends is None:
            ends = {
                partition: consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)[1]
                for partition in partitions_of(consumer, topic)
            }
        consumer.assign(
            [TopicPartition(topic, partition, chance.randrange(end)) for partition, end in ends.items()]
        )
        consumers.append(consumer)
    read = size = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for consumer in consumers:
            for message in consumer.consume(500, 0):
                if not message.error():
                    read += 1
                    size += len(message.value())
    print(json.dumps({"records": read, "bytes": size}), flush=True)
    for consumer in consumers:
        consumer.assign([TopicPartition(topic, partition, end) for partition, end in ends.items()])
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for consumer in consumers:
            consumer.poll(0)
        time.sleep(0.05)
    return {"consumers": count}


def main():
    commands = {"create": create, "fill": fill, "consume": consume, "latency": latency, "readers": readers}
    with open(sys.argv[2], encoding="utf-8") as file:
        server = json.load(file)
    print(json.dumps(commands[sys.argv[1]](server, *sys.argv[3:])), flush=True)


main()
