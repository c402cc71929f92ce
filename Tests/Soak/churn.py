"""Clients that come and go in every way: each coroutine here is one way, repeated until the end."""

import asyncio
import base64
import os
import random
import ssl
import struct
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "GatewayIntegrationTests", "Programs"))

from mqtt_wire import connect, packet, publish, subscribe, text  # noqa: E402

DISCONNECT = b"\xe0\x00"
WAIT_SECONDS = 20


class Churn:
    """Runs all ways at once; `counts` says how often each was gone, `faults` what did not answer."""

    def __init__(self, gateway):
        self.gateway, self.counts, self.faults = gateway, {}, []
        self.user, self.password = "churn", "secret-of-churn"
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(self.password)
            file.flush()
            gateway.run(
                "application",
                "create",
                self.user,
                "--password-file",
                file.name,
                "--publish",
                "t/#",
                "--subscribe",
                "t/#",
            )
        self.tls = ssl.create_default_context(cafile=os.path.join(gateway.data, "tls", "ca.pem"))
        self.random = random.Random(int(os.environ.get("WEIR_SEED", time.time_ns())))
        self.sessions_open = set()
        self.ways = [
            self.orderly,
            self.lost,
            self.taken_over,
            self.wrong_password,
            self.garbage,
            self.silent,
            self.over_tls,
            self.half_handshake,
            self.session,
            self.short_session,
            self.retained,
            self.unread,
            self.web_socket,
            self.big,
            self.metrics,
        ]

    async def run(self, seconds):
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._repeat(way, end) for way in self.ways for _ in range(2)))

    async def _repeat(self, way, end):
        while time.monotonic() < end and len(self.faults) < 5:
            try:
                await asyncio.wait_for(way(), WAIT_SECONDS)
                self.counts[way.__name__] = self.counts.get(way.__name__, 0) + 1
            except (OSError, EOFError, TimeoutError, ValueError, ssl.SSLError) as error:
                self.faults.append(f"{way.__name__}: {type(error).__name__} {error}")
            await asyncio.sleep(self.random.uniform(0.02, 0.1))

    async def orderly(self):
        """CONNECT, SUBSCRIBE, PUBLISH to itself with each QoS, UNSUBSCRIBE, DISCONNECT."""
        client = await self._open(self._name(), self._version())
        topic = f"t/orderly/{self.random.randrange(1000)}"
        await client.ask(subscribe([topic], client.version, 1), 0x90)
        for qos in (0, 1):
            client.send(publish(topic, os.urandom(200), client.version, qos, 7))
            await client.until(0x30)
        client.send(publish(topic, b"", client.version, 2, 9))
        await client.until(0x50)
        await client.ask(packet(0x62, struct.pack("!H", 9)), 0x70)
        await client.ask(
            packet(0xA2, struct.pack("!H", 2) + (b"\0" if client.version == "5" else b"") + text(topic)), 0xB0
        )
        client.send(DISCONNECT)
        client.close()

    async def lost(self):
        """A Will, and an end without DISCONNECT; sometimes in the middle of a packet."""
        client = await self._connection()
        body = (
            text("MQTT")
            + bytes([4, 0xC6])
            + struct.pack("!H", 60)
            + text(self._name())
            + text("t/will")
            + text(b"gone" * 50)
        )
        client.send(packet(0x10, body + text(self.user) + text(self.password)))
        await client.until(0x20)
        client.send(publish("t/lost", bytes(5000), "3.1.1", 1, 1)[: self.random.choice([5, 2000, 6000])])
        client.abort()

    async def taken_over(self):
        name = self._name()
        clients = [await self._open(name, "5") for _ in range(4)]
        for client in clients[:-1]:
            await client.until_closed()
        clients[-1].abort()

    async def wrong_password(self):
        client = await self._connection()
        client.send(connect(self._name(), self.user, "wrong", self._version()))
        await client.until(0x20)
        await client.until_closed()

    async def garbage(self):
        client = await self._connection()
        client.send(bytes([self.random.randrange(256)]) + os.urandom(self.random.randrange(1, 3000)))
        if self.random.random() < 0.5:
            client.abort()
        else:
            client.close()

    async def silent(self):
        """Part of a CONNECT, then nothing for a while."""
        client = await self._connection()
        client.send(connect("silent", self.user, self.password, "3.1.1")[:20])
        await asyncio.sleep(1)
        client.abort()

    async def over_tls(self):
        client = await self._open(self._name(), self._version(), port="mqtts", tls=self.tls)
        await client.ask(publish("t/tls", b"secret", client.version, 1, 1), 0x40)
        client.send(DISCONNECT)
        client.close()

    async def half_handshake(self):
        client = await self._connection(port="mqtts")
        client.send(bytes.fromhex("1603010200010001fc0303") + os.urandom(self.random.randrange(40)))
        await asyncio.sleep(0.05)
        client.abort()

    async def session(self):
        """One of fifty sessions that last: takes what waits for it, and leaves QoS 1 for another."""
        # Two at once under one name would be a takeover, which is another kind's business.
        name = self.random.choice([name for name in range(50) if name not in self.sessions_open])
        self.sessions_open.add(name)
        try:
            client = await self._open(f"session-{name}", "3.1.1", clean=False)
            client.send(subscribe([f"t/session/{name}"], "3.1.1", 1))
            for number in range(1, 6):
                client.send(publish(f"t/session/{self.random.randrange(50)}", os.urandom(100), "3.1.1", 1, number))
            # Acknowledged, so that the queues do not grow up to their bound: the gateway's memory would with them.
            await client.take_until_quiet(0.1)
            client.abort()
        finally:
            self.sessions_open.remove(name)

    async def short_session(self):
        """A session of its own that expires after a second, with messages waiting."""
        name = self._name()
        client = await self._open(name, "5", properties=b"\x11\x00\x00\x00\x01", clean=False)
        await client.ask(subscribe([f"t/short/{name}"], "5", 1), 0x90)
        client.abort()
        other = await self._open(self._name(), "5")
        for number in range(1, 4):
            await other.ask(publish(f"t/short/{name}", os.urandom(500), "5", 1, number), 0x40)
        other.close()

    async def retained(self):
        """Sets one of a hundred retained messages, or clears it."""
        client = await self._open(self._name(), "5")
        payload = os.urandom(self.random.choice([0, 100, 3000]))
        await client.ask(publish(f"t/retained/{self.random.randrange(100)}", payload, "5", 1, 1, retain=True), 0x40)
        await client.ask(subscribe(["t/retained/#"], "5", 0), 0x90)
        client.close()

    async def unread(self):
        """Subscribes to much and reads nothing for a while."""
        client = await self._open(self._name(), "3.1.1")
        client.send(subscribe(["t/#"], "3.1.1", self.random.randrange(3)))
        await asyncio.sleep(self.random.uniform(0.5, 2))
        client.abort()

    async def web_socket(self):
        """An upgrade, CONNECT in one frame, then the end of the socket."""
        client = await self._connection(port="http")
        client.send(
            b"GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n\r\n"
        )
        head = await client.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise ValueError(head[:60])
        data = connect(self._name(), self.user, self.password, "3.1.1")
        client.send(b"\x82" + bytes([0x80 | len(data)]) + bytes(4) + data)
        frame = await client.reader.readexactly(6)
        if frame[2:4] != b"\x20\x02" or frame[5] != 0:
            raise ValueError(f"no CONNACK but {frame}")
        client.abort()

    async def big(self):
        client = await self._open(self._name(), "3.1.1")
        await client.ask(publish("t/big", os.urandom(250_000), "3.1.1", 1, 1), 0x40)
        client.send(DISCONNECT)
        client.close()

    async def metrics(self):
        client = await self._connection(port="http")
        client.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        if b"weir_mqtt_connections" not in await client.reader.read():
            raise ValueError("no metrics")
        client.close()

    def _name(self):
        return f"churn-{self.random.randrange(10**9)}"

    def _version(self):
        return self.random.choice(["3.1.1", "5"])

    async def _connection(self, port="mqtt", tls=None):
        arguments = {"ssl": tls, "server_hostname": "localhost"} if tls else {}
        return Client(*await asyncio.open_connection("127.0.0.1", self.gateway.ports[port], **arguments))

    async def _open(self, name, version, port="mqtt", tls=None, **options):
        client = await self._connection(port, tls)
        client.version = version
        client.send(connect(name, self.user, self.password, version, **options))
        answer = await client.until(0x20)
        if answer[1] != 0:
            raise ValueError(f"CONNACK {answer[1]}")
        return client


class Client:
    """A connection that knows packets."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.version = reader, writer, "3.1.1"

    def send(self, data):
        self.writer.write(data)

    async def next(self):
        """(First byte, body)."""
        first = (await self.reader.readexactly(1))[0]
        length, scale = 0, 1
        while True:
            digit = (await self.reader.readexactly(1))[0]
            length, scale = length + (digit & 0x7F) * scale, scale * 128
            if not digit & 0x80:
                return first, await self.reader.readexactly(length)

    async def until(self, kind):
        """Reads up to a packet of this type; gives its body."""
        while True:
            first, body = await self.next()
            if first & 0xF0 == kind & 0xF0:
                return body

    async def take_until_quiet(self, seconds):
        """Acknowledges each PUBLISH of QoS 1, until for so long nothing has come."""
        while True:
            try:
                first, body = await asyncio.wait_for(self.next(), seconds)
            except TimeoutError:
                return
            if first & 0xF6 == 0x32:
                place = 2 + int.from_bytes(body[:2])
                self.send(packet(0x40, body[place : place + 2]))

    async def ask(self, data, kind):
        self.send(data)
        return await self.until(kind)

    async def until_closed(self):
        try:
            while await self.reader.read(65_536):
                pass
        except ConnectionResetError:
            pass
        self.writer.close()

    def close(self):
        self.writer.close()

    def abort(self):
        """Ends with a reset where something is unread."""
        self.writer.transport.abort()
