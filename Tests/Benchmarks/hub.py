"""The hub with many devices: create rate, queries, methods and twin updates.

hub.py WEIR [--devices 100000] [--connected 1000] [--calls 5000]

WEIR is a release build. Starts it in a temporary folder on free ports, registers DEVICES with tags, asks queries over
them, connects CONNECTED of them in a process of their own, calls methods and updates twins. Prints one JSON line a
measurement; times are milliseconds at the client, which adds its own to the gateway's.
"""

import argparse
import asyncio
import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

VERSION = "api-version=2021-04-12"


def sas_token(resource, key, policy=None):
    encoded, expiry = urllib.parse.quote(resource, safe=""), int(time.time()) + 7200
    digest = hmac.new(base64.b64decode(key), f"{encoded}\n{expiry}".encode(), hashlib.sha256).digest()
    signature = urllib.parse.quote(base64.b64encode(digest), safe="")
    return f"SharedAccessSignature sr={encoded}&sig={signature}&se={expiry}" + (f"&skn={policy}" if policy else "")


class Gateway:
    """A gateway of this program's own."""

    def __init__(self, weir, folder):
        self.weir, self.data = weir, os.path.join(folder, "data")
        settings = ["mqtt.port=0", "mqtt.tlsPort=off", "http.port=0", "https.port=off", "kafka.port=off",
                    "api.requestsPerSecondMax=100000"]
        command = [weir, "serve", "--data", self.data] + [word for each in settings for word in ("--set", each)]
        self.errors = open(os.path.join(folder, "errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            self.errors.seek(0)
            sys.exit(f"weir did not start: {self.errors.read()[-2000:]}")
        addresses = dict(pair.split("=", 1) for pair in ready.split()[1:])
        self.mqtt, self.http = (int(addresses[name].rsplit(":", 1)[1]) for name in ("mqtt", "http"))
        text = subprocess.run([weir, "hub", "connection-string", "--data", self.data], capture_output=True, text=True,
                              check=True).stdout.strip()
        self.login = dict(part.split("=", 1) for part in text.split(";"))
        name = self.login["SharedAccessKeyName"]
        self.token = sas_token(self.login["HostName"], self.login["SharedAccessKey"], name)
        self.local = threading.local()

    def request(self, method, path, body=None, **headers):
        """A request on this thread's connection; gives status, answer and headers."""
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=120)
        connection = self.local.connection
        sent = {"Authorization": self.token, "Content-Type": "application/json", **headers}
        mark = "&" if "?" in path else "?"
        connection.request(method, f"{path}{mark}{VERSION}", None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def must(self, method, path, body=None, **headers):
        status, answer, found = self.request(method, path, body, **headers)
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {answer[:500]}")
        return json.loads(answer) if answer else None, found

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        return {name: round(int(fields[name].split()[0]) / 1024, 1) for name in ("VmRSS", "VmHWM")}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def tell(what, **values):
    print(json.dumps({"measured": what, **values}), flush=True)


def percentiles(seconds):
    ordered = sorted(seconds)
    return {f"p{place}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * place // 100)], 2)
            for place in (50, 90, 99)} | {"max": round(1000 * ordered[-1], 2)}


def timed(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def spread(count, parallel, call):
    """Runs `call(number)` `count` times over threads; gives the seconds of each and of all."""
    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        times = list(pool.map(lambda number: timed(lambda: call(number)), range(count)))
    return times, time.perf_counter() - begin


def name_of(number):
    return f"bench-{number:07d}"


def create(gateway, count):
    def batch(first):
        entries = [{"id": name_of(number), "importMode": "create", "status": "enabled",
                    "authentication": {"type": "sas", "symmetricKey": {"primaryKey": KEY, "secondaryKey": KEY}},
                    "tags": {"site": f"site-{number % 1000}", "floor": number % 7}}
                   for number in range(first * 100, min(count, first * 100 + 100))]
        gateway.must("POST", "/devices", entries)

    batches = -(-count // 100)
    times, seconds = spread(batches, 4, batch)
    size = sum(os.path.getsize(os.path.join(gateway.data, name)) for name in os.listdir(gateway.data)
               if name.startswith("registry.sqlite"))
    tell("devices created", devices=count, perSecond=round(count / seconds), batchOf100=percentiles(times),
         registryMiB=round(size / 1048576, 1), **gateway.memory())


def queries(gateway, count):
    for what, text, rows in [
        ("first page, all", "SELECT * FROM devices", min(100, count)),
        ("first page, by tag", "SELECT * FROM devices WHERE tags.site = 'site-7'", None),
        ("first page, by tag and number", "SELECT * FROM devices WHERE tags.floor = 3 AND tags.site != 'x'", None),
        ("count, all", "SELECT COUNT() AS n FROM devices", 1),
        ("count, by tag", "SELECT COUNT() AS n FROM devices WHERE tags.floor = 3", 1),
        ("count, by a reported property without an index",
         "SELECT COUNT() AS n FROM devices WHERE properties.reported.temp >= 20", 1),
        ("groups", "SELECT status, COUNT() AS n FROM devices GROUP BY status", 1),
    ]:
        found = []
        times = [timed(lambda text=text: found.append(gateway.must("POST", "/devices/query", {"query": text})[0]))
                 for _ in range(20)]
        if rows is not None and len(found[0]) != rows:
            sys.exit(f"{what}: {len(found[0])} rows, expected {rows}")
        tell(f"query: {what}", rows=len(found[0]), **percentiles(times))
    begin, seen, token = time.perf_counter(), 0, None
    while True:
        headers = {"x-ms-max-item-count": "1000"} | ({"x-ms-continuation": token} if token else {})
        rows, found = gateway.must("POST", "/devices/query", {"query": "SELECT deviceId FROM devices"}, **headers)
        seen, token = seen + len(rows), found.get("x-ms-continuation")
        if not token:
            break
    tell("query: all pages of 1000", rows=seen, seconds=round(time.perf_counter() - begin, 2))
    if seen != count:
        sys.exit(f"{seen} devices in all pages, expected {count}")


def packet(first, body):
    length, digits = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        digits += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([first]) + digits + body


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


async def device(port, name, opened):
    """A device that answers every method at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def read():
        first, length, shift = (await reader.readexactly(1))[0], 0, 0
        while True:
            digit = (await reader.readexactly(1))[0]
            length, shift = length | (digit & 0x7F) << shift, shift + 7
            if not digit & 0x80:
                return first, await reader.readexactly(length)

    login = text(f"localhost/{name}/?{VERSION}") + text(sas_token(f"localhost/devices/{name}", KEY))
    writer.write(packet(0x10, text("MQTT") + b"\x04\xc2" + struct.pack("!H", 600) + text(name) + login))
    first, body = await read()
    if body[1]:
        raise OSError(f"CONNACK {body[1]}")
    topics = ("$iothub/methods/POST/#", "$iothub/twin/PATCH/properties/desired/#")
    writer.write(packet(0x82, b"\x00\x01" + b"".join(text(topic) + b"\x00" for topic in topics)))
    await read()
    opened()
    while True:
        first, body = await read()
        if first & 0xF0 != 0x30:
            continue
        end = 2 + struct.unpack_from("!H", body)[0]
        topic = body[2:end].decode()
        if topic.startswith("$iothub/methods/"):
            answer = topic.rsplit("/", 1)[1]
            writer.write(packet(0x30, text(f"$iothub/methods/res/200/{answer}") + body[end:]))


def fleet(port, count, ready):
    async def run():
        left = count

        def opened():
            nonlocal left
            left -= 1
            if not left:
                ready.set()

        tasks = []
        for number in range(count):
            tasks.append(asyncio.create_task(device(port, name_of(number), opened)))
            if number % 50 == 49:
                await asyncio.sleep(0.05)
        await asyncio.gather(*tasks)

    asyncio.run(run())


def methods(gateway, connected, calls):
    def call(number):
        body = {"methodName": "m", "payload": {"n": number}, "responseTimeoutInSeconds": 10}
        found, _ = gateway.must("POST", f"/twins/{name_of(number % connected)}/methods", body)
        if found != {"status": 200, "payload": {"n": number}}:
            sys.exit(f"method {number}: {found}")

    for parallel in (1, 20):
        times, seconds = spread(calls, parallel, call)
        tell("methods", connected=connected, atOnce=parallel, perSecond=round(calls / seconds), **percentiles(times))


def twins(gateway, connected, calls):
    def update(number):
        body = {"properties": {"desired": {"n": number}}}
        gateway.must("PATCH", f"/twins/{name_of(number % connected)}", body)

    for parallel in (1, 20):
        times, seconds = spread(calls, parallel, update)
        tell("twin updates", atOnce=parallel, perSecond=round(calls / seconds), **percentiles(times))


KEY = base64.b64encode(b"bench-key-0123456789abcdefghijkl").decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--connected", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-hub-") as folder:
        gateway = Gateway(options.weir, folder)
        try:
            create(gateway, options.devices)
            queries(gateway, options.devices)
            ready = multiprocessing.Event()
            process = multiprocessing.Process(target=fleet, args=(gateway.mqtt, options.connected, ready), daemon=True)
            process.start()
            if not ready.wait(60):
                sys.exit("the devices did not connect within 60 s")
            methods(gateway, options.connected, options.calls)
            twins(gateway, options.connected, options.calls)
            tell("memory", **gateway.memory())
            process.terminate()
        finally:
            gateway.stop()


if __name__ == "__main__":
    main()
