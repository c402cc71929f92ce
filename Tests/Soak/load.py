"""Telemetry at a steady rate: through mqttload where it is there, else through asyncio clients of this program."""

import asyncio
import json
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "GatewayIntegrationTests", "Programs"))

from mqtt_wire import connect, publish  # noqa: E402

CONNECTIONS = 100
IN_FLIGHT = 20
PAYLOAD = b'{"temperature":21.42,"humidity":48.1,"text":"'.ljust(126, b"x") + b'"}'


class Load:
    """The load of one soak; `result` is what it reached."""

    def __init__(self, gateway, generator):
        self.gateway, self.generator, self.result = gateway, generator, {}
        self.name = "mqttload" if generator else "this program's clients"
        self.devices = [f"dev{number}" for number in range(CONNECTIONS)]
        gateway.run(
            "device", "import", "-", stdin="".join(json.dumps({"deviceId": each}) + "\n" for each in self.devices)
        )
        self.token = gateway.run("device", "token", "--policy", "device")

    @property
    def is_good(self):
        """Nobody was refused or lost; that a busy machine is late is no fault here."""
        return self.result.get("errors", 0) == 0

    async def measure(self):
        """Messages a second at most."""
        if self.generator:
            return (await self._mqttload(["--seconds", "5", "--warmup", "1"]))["msgs_per_s"]
        return await self._own(5, None)

    async def run(self, rate, seconds):
        if self.generator:
            line = await self._mqttload(["--seconds", str(seconds), "--rate", str(rate)])
            self.result = {
                "rate": round(line["msgs_per_s"]),
                "p50ms": line["lat_us"]["p50"] / 1000,
                "p99ms": line["lat_us"]["p99"] / 1000,
                "unacknowledged": line["unacked"],
                "errors": sum(line["errors"].values()),
            }
        else:
            reached = await self._own(seconds, rate)
            self.result = {"rate": round(reached)}

    async def _mqttload(self, arguments):
        process = await asyncio.create_subprocess_exec(
            self.generator,
            "--port",
            str(self.gateway.ports["mqtt"]),
            "--conns",
            str(CONNECTIONS),
            "--inflight",
            str(IN_FLIGHT),
            "--clientid",
            "dev%d",
            "--username",
            "localhost/dev%d/?api-version=2021-04-12",
            "--password",
            self.token,
            "--topic",
            "devices/dev%d/messages/events/",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        lines = [line for line in output.decode().splitlines() if line.startswith("{")]
        if process.returncode != 0 or not lines:
            sys.exit(f"mqttload ended with {process.returncode}: {output.decode()}")
        return json.loads(lines[-1])

    async def _own(self, seconds, rate):
        """Clients that each keep a window full, or each send their share of a rate; gives acknowledged messages a second."""
        begin = time.monotonic()
        shares = await asyncio.gather(
            *(self._client(device, begin + seconds, rate and rate / CONNECTIONS) for device in self.devices)
        )
        return sum(shares) / (time.monotonic() - begin)

    async def _client(self, device, end, rate):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.gateway.ports["mqtt"])
        writer.write(connect(device, f"localhost/{device}/?api-version=2021-04-12", self.token, "3.1.1"))
        if (answer := await reader.readexactly(4))[3] != 0:
            sys.exit(f"{device}: CONNACK {answer[3]}")
        topic, sent, acknowledged, begin = f"devices/{device}/messages/events/", 0, 0, time.monotonic()
        while time.monotonic() < end or acknowledged < sent:
            room = IN_FLIGHT - (sent - acknowledged) if time.monotonic() < end else 0
            if rate:
                room = min(room, int((time.monotonic() - begin) * rate) - sent)
            for _ in range(room):
                sent += 1
                writer.write(publish(topic, PAYLOAD, "3.1.1", qos=1, packet_id=sent % 65_535 + 1))
            if acknowledged < sent:
                acknowledged += len(await reader.read(65_536)) // 4
            else:
                await asyncio.sleep(0.005)
        writer.write(b"\xe0\x00")
        await writer.drain()
        writer.close()
        return acknowledged
