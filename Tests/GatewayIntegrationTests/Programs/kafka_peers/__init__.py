"""One unmodified Kafka client each, behind calls that wait for the answer; every wait has a limit.

A peer is made of a server (a dictionary, see kafka_clients.py) and has `topics`, `create_topic`, `delete_topic`,
`describe_topic`, `produce`, `consumer`, `offsets_for_time`, `end_offsets`, `login`, `groups`, `describe_group`,
`delete_group` and `close`; a client that cannot do one of them says so with `NotImplementedError`.
"""

import importlib

WAIT_SECONDS = 20

NAMES = {
    "confluent": "kafka_peers.confluent",
    "kafka-python": "kafka_peers.kafka_python",
    "aiokafka": "kafka_peers.aio",
    "kcat": "kafka_peers.kcat",
}


class Failure(Exception):
    """What was expected did not come."""


class Fault(Exception):
    """An error that the client reports; `code` is the broker's number, or a negative one of the client's own."""

    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class Out:
    """A record to produce."""

    def __init__(self, value, key=None, headers=(), partition=None, timestamp=None):
        self.value, self.key, self.headers = value, key, list(headers)
        self.partition, self.timestamp = partition, timestamp


class Record:
    """A record as it was read; `timestamp` in ms, `clock` is "append" or "create"."""

    def __init__(self, partition, offset, key, value, headers, timestamp, clock):
        self.partition, self.offset, self.key, self.value = partition, offset, key, value
        self.headers, self.timestamp, self.clock = headers, timestamp, clock

    def __repr__(self):
        return f"{self.partition}/{self.offset} {self.key!r}={(self.value or b'')[:40]!r} {self.headers} {self.timestamp}"


def peer(name, server, **options):
    """The client `name`; `options` are those of its Peer: user, password, security."""
    return importlib.import_module(NAMES[name]).Peer(server, **options)


def credentials(server, user, password):
    """The user and password to log in with; (None, None) for a server without."""
    if user is None:
        return server.get("user"), server.get("password")
    return user, password


def bootstrap(server, secure):
    """Address of the listener with or without TLS."""
    return server["tls"]["bootstrap"] if secure else server["bootstrap"]
