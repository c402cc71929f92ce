"""Cases of the MQTT specification, each a function that takes a Scene and raises when the server does otherwise."""

import contextlib

from mqtt_peer import Failure, Peer

CASES = {}


def case(function):
    """Makes a function a case of its own name."""
    CASES[function.__name__] = function
    return function


class Scene:
    """What a case works with: the server, a topic prefix of its own, and clients that end with it."""

    def __init__(self, server, name, version):
        self.server, self.name, self.version = server, name, version
        self.prefix = f"t/{name}/{version}"
        self.ends = contextlib.ExitStack()

    @property
    def is_5(self):
        return self.version == "5"

    def topic(self, rest):
        return f"{self.prefix}/{rest}"

    def client_id(self, name):
        return f"{self.name}-{self.version}-{name}"

    def make(self, name, **options):
        """A client that has not connected."""
        peer = Peer(self.server, self.client_id(name), self.version, **options)
        self.ends.callback(peer.finish)
        return peer

    def peer(self, name, **options):
        """A connected client."""
        peer = self.make(name, **options)
        peer.connect()
        return peer

    def session(self, name, expiry=600, **options):
        """A client, not connected, whose session outlives its connection."""
        if self.is_5:
            options["SessionExpiryInterval"] = expiry
        return self.make(name, clean=False, **options)


def short(value):
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:200]} … {text[-200:]}"


def equal(actual, expected, what):
    if actual != expected:
        raise Failure(f"{what}: {short(actual)}, expected {short(expected)}")


def true(condition, what):
    if not condition:
        raise Failure(what)


def payloads(messages):
    return [message.text for message in messages]
