"""Statements about a Kafka server, each a function that one client tries; kafka_statements.json says which clients."""

import contextlib
import json
import os
import time
import uuid

from kafka_peers import WAIT_SECONDS, Failure, Fault, peer

STATEMENTS = {}


def statement(function):
    """Registers a function under its name with hyphens."""
    STATEMENTS[function.__name__.replace("_", "-")] = function
    return function


class Scene:
    """One client and one statement; what it opens is closed at its end."""

    def __init__(self, server, name, client):
        self.server, self.name, self.client = server, name, client
        self.ends = contextlib.ExitStack()
        self.peer = self.other()
        # kcat administers nothing: another client makes its topics.
        self.admin = self.peer if client != "kcat" else self.ends.enter_context(
            contextlib.closing(peer("confluent", server))
        )

    def other(self, **options):
        """One more client of the same kind, with another login or over TLS."""
        return self.ends.enter_context(contextlib.closing(peer(self.client, self.server, **options)))

    def unique(self, word):
        return f"{word}-{self.client}-{uuid.uuid4().hex[:8]}"

    def topic(self, partitions=4, config=None):
        """A new topic."""
        name = self.unique(self.name)
        self.admin.create_topic(name, partitions, config)
        self.wait(f"topic {name} in the list", lambda: self.admin.topics().get(name) == partitions)
        return name

    def consumer(self, topic, by=None, **options):
        return self.ends.enter_context(contextlib.closing((by or self.peer).consumer(topic, **options)))

    def wait(self, what, condition, seconds=WAIT_SECONDS):
        """Asks until the condition holds; gives its value."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise Failure(f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def read(self, consumer, count, seconds=2 * WAIT_SECONDS):
        """Reads until there are `count` records; more are a failure."""
        records, deadline = [], time.monotonic() + seconds
        while len(records) < count:
            if time.monotonic() > deadline:
                raise Failure(f"read {len(records)} of {count} records in {seconds} s")
            records += consumer.poll(0.2, count - len(records))
        self.equal("records read", len(records), count)
        return records

    def read_all(self, topic, count, **options):
        """The records of a topic from the start, in order of partition and offset."""
        consumer = self.consumer(topic, **options)
        return sorted(self.read(consumer, count), key=lambda record: (record.partition, record.offset))

    def quiet(self, consumer, seconds=1.0):
        """Nothing more may come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            more = consumer.poll(0.2)
            if more:
                raise Failure(f"{len(more)} more records: {more[:3]}")

    def equal(self, what, value, expected):
        if value != expected:
            raise Failure(f"{what}: {str(value)[:300]}, expected {str(expected)[:300]}")

    def refused(self, what, call, *codes):
        """The call must end with a Fault of one of the broker's codes (any, when none is named); gives it."""
        try:
            value = call()
        except Fault as fault:
            if codes and fault.code not in codes:
                raise Failure(f"{what}: {fault}, expected code {codes}")
            return fault
        raise Failure(f"{what} is not refused: {str(value)[:200]}")

    def stored_bytes(self, topic):
        """Bytes of the topic's segments on disk; None when the server's folder is not known."""
        if "log" not in self.server:
            return None
        folder = os.path.join(self.server["log"], topic)
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".log"))

    def save(self, word, value):
        """Keeps a value for a later run of another statement by the same client."""
        with open(f"{self.server['file']}.{word}.{self.client}", "w", encoding="utf-8") as file:
            json.dump(value, file)

    def load(self, word):
        with open(f"{self.server['file']}.{word}.{self.client}", encoding="utf-8") as file:
            return json.load(file)
