"""MQTT packets as bytes over a socket, for what no well-behaved client library does."""

import socket
import struct
import time

WAIT_SECONDS = 15


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("!H", len(data)) + data


def packet(first, body):
    """A packet with its remaining length."""
    length, digits = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        digits += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([first]) + digits + body


def connect(client_id, user, password, version, keep_alive=60, properties=b"", clean=True):
    """CONNECT; `properties` are their bytes without the length, shorter than 128."""
    body = text("MQTT") + bytes([5 if version == "5" else 4, 0xC2 if clean else 0xC0]) + struct.pack("!H", keep_alive)
    if version == "5":
        body += bytes([len(properties)]) + properties
    return packet(0x10, body + text(client_id) + text(user) + text(password))


def publish(topic, payload, version, qos=0, packet_id=0, properties=b"", dup=False, retain=False):
    """PUBLISH."""
    body = text(topic) + (struct.pack("!H", packet_id) if qos else b"")
    if version == "5":
        body += bytes([len(properties)]) + properties
    return packet(0x30 | (0x08 if dup else 0) | qos << 1 | (0x01 if retain else 0), body + payload)


def subscribe(filters, version, qos, packet_id=1):
    """SUBSCRIBE."""
    body = struct.pack("!H", packet_id) + (b"\x00" if version == "5" else b"")
    return packet(0x82, body + b"".join(text(each) + bytes([qos]) for each in filters))


class Wire:
    """A connection: bytes out, packets in."""

    def __init__(self, server, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(WAIT_SECONDS)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((server["host"], server["port"]))
        self.server, self.received = server, b""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def open(self, client_id, version, user=None, properties=b"", **options):
        """CONNECT; gives CONNACK's body."""
        name, password = user or (self.server["user"], self.server["password"])
        self.socket.sendall(connect(client_id, name, password, version, properties=properties, **options))
        kind, body = self.next()
        if kind != 0x20:
            raise OSError(f"no CONNACK but 0x{kind:02x}")
        return body

    def send(self, data):
        self.socket.sendall(data)

    def next(self, within=WAIT_SECONDS):
        """The next packet as (first byte, body); `None` when the server has closed."""
        deadline = time.monotonic() + within
        while True:
            length, scale, at = 0, 1, 1
            while at < len(self.received) and at < 5:
                digit = self.received[at]
                length, scale, at = length + (digit & 0x7F) * scale, scale * 128, at + 1
                if not digit & 0x80:
                    if len(self.received) < at + length:
                        break
                    result = self.received[0], self.received[at : at + length]
                    self.received = self.received[at + length :]
                    return result
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise TimeoutError(f"waited {within} s for a packet or the server's close") from None
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.received += data

    def disconnect_reason(self):
        """Reads until the server closes; DISCONNECT's reason code, `None` when it sent none."""
        reason = None
        while (answer := self.next()) is not None:
            if answer[0] == 0xE0:
                reason = answer[1][0] if answer[1] else 0
        return reason
