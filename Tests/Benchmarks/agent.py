"""The agent's footprint: eight I2C sensors at 1 Hz, TLS, QoS 1, release builds.

agent.py [--weir WEIR] [--agent AGENT] [--seconds 600] [--offline 600] [--only LINE[,LINE...]]

Starts a gateway and an agent in a temporary folder. The sensors are emulated by this program behind the shim of the
tests (two SHT3x, four MCP9808 and two TMP117 on one adapter), so each transfer costs the agent a socket's round trip in
place of a bus's. Prints one JSON line a measurement: binary, start, online, offline, drain.
"""

import argparse
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHT3X, MCP9808, TMP117 = (0x44, 0x45), (0x18, 0x19, 0x1A, 0x1B), (0x48, 0x49)
NACK, ABSENT = 121, 2
# Every process has these; whether another one has libcrypto or libstdc++ is chance.
EVERYBODYS = ("libc.so", "ld-linux")


def crc8(data):
    """Sensirion's: polynomial 0x31, from 0xFF."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def word(value):
    data = struct.pack(">H", value)
    return data + bytes([crc8(data)])


class Nack(Exception):
    """The chip does not answer."""


class HumidityChip:
    """An SHT3x; its air flickers by some of the last bits."""

    def __init__(self):
        self.status, self.answer = 0x8010, b""

    def write(self, data):
        if data == b"\x30\xa2":
            self.status = 0x8010
        elif data == b"\x30\x41":
            self.status &= ~0x8C10
        elif data == b"\xf3\x2d":
            self.answer = word(self.status)
        elif data == b"\x24\x00":
            self.answer = word(0x6666 + random.randrange(64)) + word(0x8000 + random.randrange(64))
        elif data:
            raise Nack

    def read(self, count):
        if len(self.answer) < count:
            raise Nack
        answer, self.answer = self.answer, b""
        return answer[:count]


class RegisterChip:
    """An MCP9808 or TMP117: words behind a pointer."""

    def __init__(self, registers, result, value):
        self.registers, self.result, self.value, self.pointer = dict(registers), result, value, 0

    def write(self, data):
        if data:
            self.pointer = data[0]
        if len(data) == 2:
            self.registers[self.pointer] = data[1]
        elif len(data) > 2:
            self.registers[self.pointer] = struct.unpack(">H", data[1:3])[0]

    def read(self, count):
        value = self.registers.get(self.pointer, 0)
        if self.pointer == self.result:
            value = self.value + random.randrange(4)
        if self.pointer == 0x01 and self.result == 0x00:
            value = value & ~0x0800 | 0x2000 if value & 0x0C00 == 0x0C00 else value
        return (struct.pack(">H", value) + b"\x00" * count)[:count]


def chips():
    found = {address: HumidityChip() for address in SHT3X}
    limits = {0x01: 0, 0x04: 0, 0x06: 0x0054, 0x07: 0x0400, 0x08: 3}
    found.update({address: RegisterChip(limits, 0x05, 0x0190) for address in MCP9808})
    found.update({address: RegisterChip({0x01: 0x0220, 0x0F: 0x0117}, 0x00, 0x0C80) for address in TMP117})
    return found


class Emulator:
    """Answers the shim on a socket; a connection is an open descriptor of the agent."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "i2c")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        self.chips, self.lock = chips(), threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        file = connection.makefile("rb")
        while len(head := file.read(5)) == 5:
            kind, length = struct.unpack("=BI", head)
            with self.lock:
                result, payload = self.answer(kind, file.read(length))
            connection.sendall(struct.pack("=iI", result, len(payload)) + payload)

    def answer(self, kind, payload):
        if kind == 1:
            return (0, b"") if payload == b"/dev/i2c-9" else (-ABSENT, b"")
        if kind == 2:
            return 0, b""
        if kind == 3:
            return 0, struct.pack("=Q", 1)
        count, place, answers = struct.unpack_from("=H", payload)[0], 2, b""
        for _ in range(count):
            address, flags, length = struct.unpack_from("=HHH", payload, place)
            place += 6
            chip = self.chips.get(address)
            if chip is None:
                return -NACK, b""
            try:
                if flags & 1:
                    answers += chip.read(length)
                else:
                    chip.write(payload[place:place + length])
                    place += length
            except Nack:
                return -NACK, b""
        return count, answers


def shim(folder):
    """The tests' shim, compiled."""
    with open(os.path.join(ROOT, "Tests/EdgeAgentTests/I2CShim.swift"), encoding="utf-8") as file:
        text = re.search(r'source = #"""\n(.*?)"""#', file.read(), re.S).group(1)
    source, library = os.path.join(folder, "shim.c"), os.path.join(folder, "shim.so")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    for compiler in ("clang", "cc", "gcc"):
        try:
            subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
            return library
        except FileNotFoundError:
            continue
    sys.exit("no C compiler for the emulated bus")


class Gateway:
    """A gateway of this program's own, with one device."""

    def __init__(self, weir, folder):
        self.weir, self.data, self.folder, self.process = weir, os.path.join(folder, "data"), folder, None
        self.ports = {"mqtt.tlsPort": 0, "https.port": 0}
        self.start()
        self.connection = self.run("device", "create", "board").split("\n")[0].strip()

    def start(self):
        settings = {"mqtt.port": "off", "http.port": 0, "kafka.port": "off", "hub.names": "localhost", **self.ports}
        command = [self.weir, "serve", "--data", self.data]
        command += [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        self.errors = open(os.path.join(self.folder, "gateway-errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            self.errors.seek(0)
            sys.exit(f"weir did not start: {self.errors.read()[-2000:]}")
        addresses = dict(pair.split("=", 1) for pair in ready.split()[1:])
        self.ports = {"mqtt.tlsPort": port(addresses["mqtts"]), "https.port": port(addresses["https"])}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def run(self, *arguments):
        return subprocess.run([self.weir, *arguments, "--data", self.data], capture_output=True, text=True,
                              check=True).stdout

    def stored(self):
        """Bytes of the topic's segments: they grow when telemetry is synced."""
        folder = os.path.join(self.data, "log/telemetry")
        return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(".log"))


def port(address):
    return int(address.rsplit(":", 1)[1])


class Agent:
    """The agent as it is shipped, on the emulated bus."""

    def __init__(self, program, folder, gateway, library, interval=1000, speed=1, extra=""):
        sensors = [("sht3x", address) for address in SHT3X] + [("mcp9808", address) for address in MCP9808]
        sensors += [("tmp117", address) for address in TMP117]
        lines = [f"  - {{type: {kind}, name: s{number}, bus: /dev/i2c-9, address: {address:#x}, prefix: s{number}_}}"
                 for number, (kind, address) in enumerate(sensors)]
        path = os.path.join(folder, "agent.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""\
connection: {{connectionString: "{gateway.connection}"}}
mqtt: {{host: localhost, port: {gateway.ports["mqtt.tlsPort"]}}}
tls: {{caFile: {gateway.data}/tls/ca.pem}}
clock: {{trustSystem: true, gatewayPort: {gateway.ports["https.port"]}}}
sampling: {{intervalMilliseconds: {interval}}}
spool: {{directory: {folder}/state, sizeMaxBytes: 1073741824}}
{extra}sensors:
""" + "\n".join(lines) + "\n")
        environment = {**os.environ, "LD_PRELOAD": library, "WEIR_I2C_SOCKET": os.path.join(folder, "i2c"),
                       "WEIR_SHIM_SPEED": str(speed)}
        self.errors = open(os.path.join(folder, "agent-errors"), "a+", encoding="utf-8")
        self.startedAt = time.monotonic()
        self.process = subprocess.Popen([program, "run", "--config", path, "--summary"], env=environment,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=60)
        return json.loads(output)

    def kilobytes(self):
        """Resident; proportional; proportional where others have the C library only; written to."""
        resident = proportional = alone = written = 0
        is_shared = False
        with open(f"/proc/{self.process.pid}/smaps", encoding="utf-8") as file:
            for line in file:
                words = line.split()
                if "-" in words[0]:
                    is_shared = len(words) > 5 and os.path.basename(words[5]).startswith(EVERYBODYS)
                elif words[0] == "Rss:":
                    resident += int(words[1])
                    alone += 0 if is_shared else int(words[1])
                elif words[0] == "Pss:":
                    proportional += int(words[1])
                    alone += int(words[1]) if is_shared else 0
                elif words[0] == "Anonymous:":
                    written += int(words[1])
        return resident, proportional, alone, written

    def cpu(self):
        """Seconds of user and system time so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written(self):
        """Bytes that it caused to be written to disks."""
        with open(f"/proc/{self.process.pid}/io", encoding="ascii") as file:
            fields = dict(line.split(":") for line in file)
        return int(fields["write_bytes"])


def until(what, seconds, condition, step=0.001):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(step)


def tell(name, **values):
    print(json.dumps({"measurement": name, **values}), flush=True)


def measure_binary(arguments, folder):
    stripped = os.path.join(folder, "stripped")
    subprocess.run(["strip", "-o", stripped, arguments.agent], check=True)
    tell("binary", stripped_MiB=round(os.path.getsize(stripped) / 2**20, 2))


def measure_start(arguments, folder, gateway, library):
    """From exec to the first reading in the log, which its acknowledgement follows."""
    times = []
    for _ in range(5):
        before = gateway.stored()
        agent = Agent(arguments.agent, folder, gateway, library)
        until("a first reading", 60, lambda: gateway.stored() > before)
        times.append(time.monotonic() - agent.startedAt)
        agent.stop()
    tell("start", seconds_median=round(sorted(times)[2], 3), seconds=[round(each, 3) for each in times])


def forget(path):
    """Takes a file out of the cache: a program that was just written lies there in larger pieces than one read at boot."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def megabytes(kilobytes):
    names = ("rss_MB", "pss_MB", "pss_alone_MB", "written_to_MB")
    return {name: round(value * 1024 / 1e6, 2) for name, value in zip(names, kilobytes)}


def measure_online(arguments, folder, gateway, library):
    forget(arguments.agent)
    agent = Agent(arguments.agent, folder, gateway, library)
    time.sleep(min(60, arguments.seconds / 5))
    cpu, written, begin, first = agent.cpu(), agent.written(), time.monotonic(), agent.kilobytes()
    time.sleep(arguments.seconds)
    seconds, last = time.monotonic() - begin, agent.kilobytes()
    tell("online", seconds=round(seconds), **megabytes(last), cpu_percent=round((agent.cpu() - cpu) / seconds * 100, 3),
         growth_kB=last[0] - first[0], written_to_growth_kB=last[3] - first[3],
         growth_kB_per_hour=round((last[0] - first[0]) / seconds * 3600), written_bytes=agent.written() - written,
         summary=agent.stop())


def measure_offline(arguments, folder, gateway, library):
    gateway.stop()
    agent = Agent(arguments.agent, folder, gateway, library)
    time.sleep(30)
    written, begin = agent.written(), time.monotonic()
    time.sleep(arguments.offline)
    seconds = time.monotonic() - begin
    tell("offline", seconds=round(seconds), written_GB_per_day=round(
        (agent.written() - written) / seconds * 86400 / 1e9, 3), rss_MB=round(agent.kilobytes()[0] * 1024 / 1e6, 2))
    agent.stop()
    gateway.start()
    drained(arguments, folder, gateway, library)[0].stop()


def spooled(folder):
    return sum(entry.stat().st_size for entry in os.scandir(os.path.join(folder, "state/spool")))


def drained(arguments, folder, gateway, library):
    """Lets an agent send what is spooled; gives it back, still running, and the time it took."""
    before = gateway.stored()
    agent = Agent(arguments.agent, folder, gateway, library)
    until("a connection", 60, lambda: gateway.stored() > before)
    begin = time.monotonic()
    until("an empty spool", 900, lambda: spooled(folder) == 0, step=0.05)
    return agent, time.monotonic() - begin


def measure_drain(arguments, folder, gateway, library):
    """A day of eight sensors, gathered at 25 times the speed and four samples a second, and sent to the gateway."""
    gateway.stop()
    agent = Agent(arguments.agent, folder, gateway, library, interval=250, speed=25)
    seconds = 86400 / 4 / 25
    time.sleep(seconds)
    gathered = agent.stop()
    size = spooled(folder)
    gateway.start()
    before = gateway.stored()
    agent, seconds = drained(arguments, folder, gateway, library)
    tell("drain", seconds=round(seconds, 1), samples=gathered, spool_MB=round(size / 1e6, 1),
         stored_MB=round((gateway.stored() - before) / 1e6, 1), summary=agent.stop())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=os.path.join(ROOT, ".build/release/weir"))
    parser.add_argument("--agent", default=os.path.join(ROOT, ".build/release/weir-agent"))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--offline", type=int, default=600)
    parser.add_argument("--only", default="binary,start,online,offline,drain")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",")
    with tempfile.TemporaryDirectory(prefix="weir-agent-") as folder:
        if "binary" in wanted:
            measure_binary(arguments, folder)
        if wanted == ["binary"]:
            return
        library, _ = shim(folder), Emulator(folder)
        gateway = Gateway(arguments.weir, folder)
        try:
            for name in ("start", "online", "offline", "drain"):
                if name in wanted:
                    globals()[f"measure_{name}"](arguments, folder, gateway, library)
        finally:
            gateway.process.kill()
            os.system(f"cat {folder}/agent-errors | tail -30; ls -la {folder}/state {folder}/state/spool")


if __name__ == "__main__":
    main()
