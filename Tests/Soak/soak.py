"""Half load with connects and disconnects of every kind: the gateway's memory and file descriptors must stay flat.

soak.py WEIR [--seconds 300] [--load-generator MQTTLOAD] [--rate N] [--keep]

Starts WEIR on a data folder of its own, finds out what it takes in at most (5 s, closed loop, beside the connects), and
then for SECONDS
 - publishes telemetry at half of that rate (100 connections, QoS 1, 128 bytes),
 - connects and disconnects in every way that churn.py knows,
 - publishes to and reads from ordinary topics, with sessions that come and go.
The load generator is `mqttload` when it is there; without it asyncio clients of this program, which reach less.

The rule. The first fifth of the time, at least 20 s, is warm-up. Of the rest, the median of the last third may exceed
the median of the first third by 5 % or 8 MiB of resident memory, whichever is more, and by 8 file descriptors. At the
end, when all clients have gone, there may be no more than 8 descriptors beyond those of the start. Segments of the log
are not counted: each that was written is kept open, their number is shown. Exit status 1 when it is not so.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from churn import Churn
from load import Load

MIB = 1 << 20


class Gateway:
    """`weir serve` on free ports."""

    def __init__(self, program, folder):
        self.program, self.data = program, os.path.join(folder, "data")
        self.errors = open(os.path.join(folder, "stderr.txt"), "w+", encoding="utf-8")
        ports = [
            "mqtt.port=0",
            "mqtt.tlsPort=0",
            "mqtt.tlsHost=127.0.0.1",
            "http.port=0",
            "https.port=0",
            "kafka.port=0",
            "https.host=127.0.0.1",
        ]
        settings = ports + ["logging.level=warning"]
        arguments = [part for setting in settings for part in ("--set", setting)]
        self.process = subprocess.Popen(
            [program, "serve", "--data", self.data, *arguments], stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            sys.exit(f"weir serve does not start: {self.error_text()}")
        self.ports = {
            name: int(address.rsplit(":", 1)[1]) for name, address in (part.split("=") for part in line.split()[1:])
        }

    def run(self, *arguments, stdin=None):
        command = [self.program, *arguments, "--data", self.data]
        return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def error_text(self):
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def sample(self):
        """Resident bytes, open file descriptors without the log's segments, and those."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            resident = next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))
        segments, others, log = 0, 0, os.path.join(os.path.realpath(self.data), "log")
        for name in os.listdir(f"/proc/{self.process.pid}/fd"):
            try:
                is_log = os.readlink(f"/proc/{self.process.pid}/fd/{name}").startswith(log)
            except FileNotFoundError:
                continue  # closed meanwhile
            segments, others = segments + is_log, others + (not is_log)
        return resident, others, segments

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


async def watch(gateway, seconds, samples):
    """A sample a second; fails when the gateway ends."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if gateway.process.poll() is not None:
            sys.exit(f"the gateway has ended with {gateway.process.returncode}: {gateway.error_text()}")
        samples.append((time.monotonic() - begin, *gateway.sample()))
        await asyncio.sleep(1)


def table(samples, churn):
    print(f"{'second':>8} {'RSS MiB':>9} {'descriptors':>12} {'log files':>10}")
    step = max(1, len(samples) // 12)
    for second, resident, descriptors, files in samples[::step]:
        print(f"{second:8.0f} {resident / MIB:9.1f} {descriptors:12} {files:10}")
    print("connects and disconnects:", ", ".join(f"{name} {count}" for name, count in sorted(churn.counts.items())))


def judge(samples, at_start, at_end):
    """The faults found, by the rule above."""
    warm_up = max(20, samples[-1][0] / 5)
    measured = [sample for sample in samples if sample[0] >= warm_up]
    if len(measured) < 6:
        return ["too short to judge: at least 30 s are needed"]
    third = len(measured) // 3
    faults = []
    for name, column, allowed, unit in (
        ("resident memory", 1, lambda first: max(first * 0.05, 8 * MIB), MIB),
        ("file descriptors", 2, lambda first: 8, 1),
    ):
        first = statistics.median(sample[column] for sample in measured[:third])
        last = statistics.median(sample[column] for sample in measured[-third:])
        print(f"{name}: {first / unit:.1f} in the first third after the warm-up, {last / unit:.1f} in the last")
        if last > first + allowed(first):
            faults.append(f"{name} grows: {first / unit:.1f} to {last / unit:.1f}")
    print(f"file descriptors: {at_start} before the first client, {at_end} after the last")
    if at_end > at_start + 8:
        faults.append(f"{at_end - at_start} file descriptors are left over")
    return faults


async def soak(gateway, options):
    load = Load(gateway, options.load_generator)
    churn = Churn(gateway)
    at_start = gateway.sample()[1]
    if options.rate:
        most = options.rate * 2
    else:
        most, _ = await asyncio.gather(load.measure(), churn.run(8))
        churn.counts.clear()
    # A message takes about 180 bytes on disk: a quarter of the free space is enough for a soak.
    room = shutil.disk_usage(gateway.data).free / 4 / 200 / options.seconds
    rate = int(min(most / 2, room))
    print(f"at most {most:,.0f} messages/s with {load.name}; soaking at {rate:,} for {options.seconds} s", flush=True)
    samples = []
    await asyncio.gather(
        load.run(rate, options.seconds), churn.run(options.seconds), watch(gateway, options.seconds, samples)
    )
    table(samples, churn)
    print("load:", json.dumps(load.result))
    deadline = time.monotonic() + 20
    while gateway.sample()[1] > at_start + 8 and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    faults = judge(samples, at_start, gateway.sample()[1]) + churn.faults
    return faults + ([] if load.is_good else [f"the load: {load.result}"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--load-generator", default=shutil.which("mqttload"))
    parser.add_argument("--rate", type=int)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="weir-soak-")
    gateway = Gateway(os.path.abspath(options.weir), folder)
    faults = ["it was stopped before the end"]
    try:
        faults = asyncio.run(soak(gateway, options))
    finally:
        if gateway.process.poll() is None and gateway.stop() != 0:
            faults.append(f"SIGTERM: {gateway.error_text()}")
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        print("FAILED: " + "; ".join(faults) if faults else "flat")
    sys.exit(1 if faults else 0)


main()
