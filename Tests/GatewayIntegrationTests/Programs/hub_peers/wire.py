"""MQTT by hand, as a device that does not keep to the rules."""

import json
import struct

from hub_peers import WAIT_SECONDS, Failure, sas_token
from mqtt_wire import Wire, packet, publish, subscribe


class HubWire(Wire):
    """A connection of a device or module over plain MQTT 3.1.1."""

    def __init__(self, hub, identity, key, token=None, clean=False):
        super().__init__({"host": "127.0.0.1", "port": hub.server["mqtt"]})
        self.identity = identity
        device, _, module = identity.partition("/")
        resource = f"{hub.name}/devices/{device}" + (f"/modules/{module}" if module else "")
        self.user = f"{hub.name}/{identity}/?api-version=2021-04-12"
        self.password = token or sas_token(resource, key)
        self.clean = clean

    def connect(self, client_id=None, user=None):
        """CONNECT; gives (session present, return code)."""
        body = super().open(client_id or self.identity, "3.1.1", (user or self.user, self.password), clean=self.clean)
        return bool(body[0]), body[1]

    def opened(self):
        """CONNECT that must be accepted."""
        code = self.connect()[1]
        if code:
            raise Failure(f"CONNACK {code} for {self.identity}")
        return self

    def subscribe(self, *filters, qos=1):
        """SUBSCRIBE; gives the granted values."""
        self.send(subscribe(filters, "3.1.1", qos, packet_id=9))
        return list(self.until(0x90)[2:])

    def publish(self, topic, payload=b"", qos=1, packet_id=1, **options):
        self.send(publish(topic, payload, "3.1.1", qos, packet_id, **options))

    def until(self, kind, within=WAIT_SECONDS):
        """The body of the next packet of a kind, others are passed over."""
        while (answer := self.next(within)) is not None:
            if answer[0] & 0xF0 == kind:
                return answer[1]
        raise Failure(f"closed while waiting for packet 0x{kind:02x}")

    def message(self, within=WAIT_SECONDS):
        """The next PUBLISH as (topic, payload, packet identifier or None, DUP)."""
        while (answer := self.next(within)) is not None:
            first, body = answer
            if first & 0xF0 == 0x30:
                end = 2 + struct.unpack_from("!H", body)[0]
                topic, rest = body[2:end].decode(), body[end:]
                if first & 0x06:
                    return topic, rest[2:], struct.unpack("!H", rest[:2])[0], bool(first & 0x08)
                return topic, rest, None, False
        raise Failure("closed while waiting for a message")

    def acknowledge(self, packet_id):
        self.send(packet(0x40, struct.pack("!H", packet_id)))

    def closed(self, within=WAIT_SECONDS):
        """Whether the server ends the connection without having acknowledged anything first."""
        try:
            while (answer := self.next(within)) is not None:
                if answer[0] & 0xF0 == 0x40:
                    return False
        except TimeoutError:
            return False
        return True

    def report(self, patch, rid="r1", version=None, packet_id=2):
        """A reported patch as text or JSON; gives (status, the rest of the answer's topic, payload)."""
        condition = f"&$version={version}" if version is not None else ""
        payload = patch if isinstance(patch, bytes) else json.dumps(patch).encode()
        self.publish(f"$iothub/twin/PATCH/properties/reported/?$rid={rid}{condition}", payload, packet_id=packet_id)
        topic, payload, *_ = self.message()
        parts = topic.split("/")
        if parts[:3] != ["$iothub", "twin", "res"] or f"$rid={rid}" not in parts[4]:
            raise Failure(f"not the answer to {rid}: {topic}")
        return int(parts[3]), parts[4], payload
