#!/usr/bin/env python3
"""The event log and the Kafka endpoint, measured. Run it with .venv-bench/bin/python.

  kafka.py [append] [consume] [latency] [memory] [--rounds 3] [--records 10000000] [--gib 10] [--weir FILE]
           [--append-benchmark FILE] [--work FOLDER] [--out results.jsonl] [--set key=value]…

append   the log's way in beside a C loop that writes and syncs the same bytes; both on core 0, in turn
consume  confluent-kafka reads --records values of 128 bytes from Weir and from noida-db; server on core 0, client on core 1;
         a server that takes more than four minutes is judged by what it sent until then
latency  MQTT publish (QoS 1, 20 connections, 20,000 messages/s, open loop, from the moment a message was due) to
         confluent-kafka at the tail of `telemetry`; gateway on core 0, both clients on core 1
memory   --gib of log: resident memory with 100 consumers that read old data, then wait at the tail; seconds to the ready
         line after a clean stop and after kill -9, beside those of an empty folder

Prints one line per run and the table of medians; --out appends every run as a JSON line. Ends what it starts by process
id; every wait has a limit. Needs gcc, and some 40 GiB of disk for `memory` and `consume`.
"""
import argparse, contextlib, json, os, re, shutil, signal, statistics, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LOAD = os.path.join(HERE, "kafka_load.py")
CONSUME_SECONDS = 240


def pinned(core, command):
    return ["taskset", "-c", str(core)] + [str(part) for part in command]


def run(command, timeout, core=None):
    """Runs a program to its end; its last line of JSON."""
    command = pinned(core, command) if core is not None else [str(part) for part in command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}: {done.stderr[-1000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {}


class Server:
    """A server on core 0; `file` describes it to kafka_load.py."""

    def __init__(self, options, folder):
        self.options, self.folder, self.process = options, folder, None
        self.file = os.path.join(folder, "server.json")
        os.makedirs(folder, exist_ok=True)

    def describe(self, **fields):
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(fields, file)

    def spawn(self, command):
        self.errors = open(os.path.join(self.folder, "stderr"), "w")
        return subprocess.Popen(pinned(0, command), stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def load(self, *arguments, timeout=1200):
        return run([sys.executable, LOAD, arguments[0], self.file, *arguments[1:]], timeout, core=1)

    def memory(self, *fields):
        """Bytes of the named lines of /proc/PID/status, such as VmRSS."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return [int(lines[field].split()[0]) << 10 for field in fields]


class Weir(Server):
    name = "weir"

    def start(self):
        """Starts it; the seconds from spawning to the ready line."""
        command = [self.options.weir, "serve", "--data", self.folder + "/data"]
        settings = ["mqtt.port=0", "mqtt.tlsPort=off", "http.port=0", "https.port=off", "kafka.port=0",
                    "logging.level=warning"]
        for setting in settings + self.options.set:
            command += ["--set", setting]
        begin = time.monotonic()
        self.process = self.spawn(command)
        guard = threading.Timer(120, self.process.kill)
        guard.start()
        line = self.process.stdout.readline()
        guard.cancel()
        seconds = time.monotonic() - begin
        if not line.startswith("ready "):
            with open(os.path.join(self.folder, "stderr"), encoding="utf-8") as file:
                raise RuntimeError(f"weir is not ready: {line!r} {file.read()[-1000:]}")
        self.ports = {name: int(port) for name, port in re.findall(r"(\w+)=[^ ]*:(\d+)", line)}
        parts = dict(part.split("=", 1) for part in self.weir("hub", "connection-string").split(";"))
        self.describe(bootstrap=f"127.0.0.1:{self.ports['kafka']}", user=parts["SharedAccessKeyName"],
                      password=parts["SharedAccessKey"])
        return seconds

    def weir(self, *arguments):
        return subprocess.run([self.options.weir, *arguments, "--data", self.folder + "/data"], check=True,
                              capture_output=True, text=True, timeout=120).stdout.strip()


class Noida(Server):
    name = "noida-db"

    def start(self):
        import noida_db  # the wheel holds the server's binary

        binary = os.path.join(os.path.dirname(noida_db.__file__), "noida-db")
        os.chmod(binary, 0o755)
        self.process = self.spawn([binary, "start", "--only", "kafka", "--kafka-port", self.options.noida_port,
                                   "--data-dir", self.folder + "/data"])
        threading.Thread(target=self.drain, args=(self.process.stdout,), daemon=True).start()
        self.describe(bootstrap=f"127.0.0.1:{self.options.noida_port}")
        deadline = time.monotonic() + 30
        while True:
            try:
                self.load("create", f"probe-{time.monotonic_ns()}", 1, timeout=40)
                if self.process.poll() is not None:
                    raise RuntimeError(f"noida-db ended: port {self.options.noida_port} has another server")
                return
            except RuntimeError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise

    @staticmethod
    def drain(stream):
        with contextlib.suppress(ValueError):
            for _ in stream:
                pass


class Results:
    def __init__(self, out):
        self.out, self.rows = out, {}

    def note(self, row, unit, value, **more):
        self.rows.setdefault((row, unit), []).append(value)
        print(f"{row:<58} {value:>14,.3f} {unit}  {json.dumps(more) if more else ''}", flush=True)
        if self.out:
            with open(self.out, "a", encoding="utf-8") as file:
                file.write(json.dumps({"row": row, "unit": unit, "value": value, **more}) + "\n")

    def table(self):
        print("\n| what | median | runs |\n| --- | --- | --- |")
        for (row, unit), values in self.rows.items():
            shown = ", ".join(f"{value:,.3f}" for value in values)
            print(f"| {row} | {statistics.median(values):,.3f} {unit} | {shown} |")


def compiled(name, work):
    path = os.path.join(work, name)
    subprocess.run(["cc", "-O2", "-o", path, os.path.join(HERE, name + ".c")], check=True)
    return path


def append(options, work, results):
    loop = compiled("append", work)
    for kind in ("telemetry", "plain"):
        for in_flight in (2_000, 20_000, 200_000):
            for _ in range(options.rounds):
                log, copy = os.path.join(work, "log"), os.path.join(work, "copy")
                os.makedirs(copy)
                os.sync()
                ours = run([options.append_benchmark, log, options.append_records, in_flight, kind], 300, core=0)
                os.sync()
                theirs = run([loop, log + "/bench", copy], 300, core=0)
                shutil.rmtree(log)
                shutil.rmtree(copy)
                row, rate = f"append {kind}, {in_flight:,} in flight", ours["records"] / ours["seconds"]
                more = {"cycles": ours["cycles"], "bytes": ours["bytes"]}
                if theirs["cycles"] != ours["cycles"]:
                    raise RuntimeError(f"append.c found {theirs['cycles']} cycles, the log made {ours['cycles']}")
                results.note(row, "records/s", rate, **more)
                results.note(row + ": C loop", "records/s", ours["records"] / theirs["seconds"])
                results.note(row + ": ratio (must 0.5, aim 0.8)", "×", theirs["seconds"] / ours["seconds"])
                # Says something on a busy machine, too.
                results.note(row + ": ratio of processor time", "×", theirs["cpu"] / ours["cpu"])


def consume(options, work, results):
    servers = [kind(options, os.path.join(work, kind.name)) for kind in (Weir, Noida)]
    try:
        for server in servers:
            server.start()
            server.load("create", "bench", 4)
            filled = server.load("fill", "bench", options.records, 128)
            results.note(f"{server.name}: fill", "records/s", filled["records"] / filled["seconds"])
        for _ in range(options.rounds):
            rates = {}
            for server in servers:
                read = server.load("consume", "bench", options.records, CONSUME_SECONDS)
                if read["bytes"] != 128 * read["records"]:
                    raise RuntimeError(f"{server.name}: {read}")
                rates[server.name] = read["records"] / read["seconds"]
                results.note(f"{server.name}: consume", "records/s", rates[server.name], records=read["records"],
                             client_cpu=read["client_cpu"], rss_mib=server.memory("VmRSS")[0] >> 20)
            results.note("consume: Weir : noida-db (must 1, aim 2)", "×", rates["weir"] / rates["noida-db"])
    finally:
        for server in servers:
            server.stop()


def latency(options, work, results):
    publish = compiled("publish", work)
    server = Weir(options, os.path.join(work, "latency"))
    try:
        server.start()
        devices = os.path.join(work, "devices.jsonl")
        with open(devices, "w", encoding="utf-8") as file:
            file.writelines(json.dumps({"deviceId": f"dev{number}"}) + "\n" for number in range(20))
        server.weir("device", "import", devices)
        token = server.weir("device", "token", "--policy", "device")
        for rate in (options.rate,):
            for _ in range(options.rounds):
                reader = subprocess.Popen(pinned(1, [sys.executable, LOAD, "latency", server.file, "telemetry",
                                                     options.seconds, 2]), stdout=subprocess.PIPE, text=True)
                try:
                    reader.stdout.readline()
                    sent = run([publish, server.ports["mqtt"], "localhost/dev%d/?api-version=2021-04-12", "dev%d", token,
                                "devices/dev%d/messages/events/", 20, rate, options.seconds, 128],
                               options.seconds + 60, core=1)
                    output, _ = reader.communicate(timeout=60)
                finally:
                    if reader.poll() is None:
                        reader.kill()
                found = json.loads(output.strip().splitlines()[-1])
                row = f"MQTT publish → Kafka consumer, {rate:,} messages/s"
                results.note(row + ", p50", "ms", found["p50"], records=found["records"], **sent)
                results.note(row + ", p99 (must 20, aim 5)", "ms", found["p99"])
                results.note(row + ", p99.9", "ms", found["p999"], max=found["max"])
    finally:
        server.stop()


class MemoryWatch:
    """The largest resident memory of a server while it is open."""

    def __init__(self, server):
        self.server, self.largest, self.anonymous, self.ended = server, 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.ended.wait(0.1):
            resident, anonymous = self.server.memory("VmRSS", "RssAnon")
            self.largest, self.anonymous = max(self.largest, resident), max(self.anonymous, anonymous)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *rest):
        self.ended.set()
        self.thread.join()


def memory(options, work, results):
    server = Weir(options, os.path.join(work, "memory"))
    mib = 1 << 20
    try:
        server.start()
        server.stop()
        empty = server.start()
        results.note("start, empty log", "s", empty)
        server.load("create", "bench", 4)
        records = (options.gib << 30) // options.record_bytes
        with MemoryWatch(server) as watch:
            filled = server.load("fill", "bench", records, options.record_bytes)
        results.note(f"fill, values of {options.record_bytes} bytes", "records/s", filled["records"] / filled["seconds"])
        results.note("resident memory while filling, largest", "MiB", watch.largest / mib, anonymous=watch.anonymous / mib)
        for number in range(options.rounds):
            server.stop()
            results.note(f"start, {options.gib} GiB, after a clean stop (must 1)", "s", server.start())
            server.load("fill", "bench", 20_000, options.record_bytes)
            server.stop(signal.SIGKILL)
            results.note(f"start, {options.gib} GiB, after kill -9 (must 3)", "s", server.start())
        if os.geteuid() == 0 and options.cold:
            for how, row in ((signal.SIGTERM, "clean stop"), (signal.SIGKILL, "kill -9")):
                server.load("fill", "bench", 20_000, options.record_bytes)
                server.stop(how)
                os.sync()
                with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
                    file.write("3")
                results.note(f"start, {options.gib} GiB, after {row}, page cache empty", "s", server.start())
        results.note("resident memory after the start", "MiB", server.memory("VmRSS")[0] / mib,
                     anonymous=server.memory("RssAnon")[0] / mib)
        with MemoryWatch(server) as watch:
            read = server.load("readers", "bench", 100, options.seconds, timeout=300)
        results.note("resident memory, 100 consumers, largest (must 150, aim 80)", "MiB", watch.largest / mib,
                     anonymous=watch.anonymous / mib, **read)
        results.note("resident memory after them", "MiB", server.memory("VmRSS")[0] / mib)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[], metavar="append|consume|latency|memory")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=10_000_000, help="for consume")
    parser.add_argument("--append-records", type=int, default=4_000_000)
    parser.add_argument("--gib", type=int, default=10, help="for memory")
    parser.add_argument("--record-bytes", type=int, default=1000, help="for memory")
    parser.add_argument("--rate", type=int, default=20_000, help="messages/s for latency")
    parser.add_argument("--seconds", type=int, default=12, help="of a run of latency and of each half of memory's readers")
    parser.add_argument("--cold", action="store_true", help="as root: starts with an empty page cache, too")
    parser.add_argument("--weir", default=os.path.join(ROOT, ".build/release/weir"))
    parser.add_argument("--append-benchmark", default=os.path.join(ROOT, ".build/release/append-benchmark"))
    parser.add_argument("--noida-port", type=int, default=29_092)
    parser.add_argument("--work", default=None, help="folder for the data; default a temporary one")
    parser.add_argument("--set", action="append", default=[], help="a setting of weir, key=value")
    parser.add_argument("--out", default=None, help="append every run to this file, JSON lines")
    options = parser.parse_args()
    parts = {"append": append, "consume": consume, "latency": latency, "memory": memory}
    unknown = set(options.parts) - set(parts)
    if unknown:
        parser.error(f"unknown: {sorted(unknown)}")
    signal.signal(signal.SIGTERM, lambda *rest: sys.exit(143))  # so that what it started ends with it
    results = Results(options.out)
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=options.work) as work:
        for name in options.parts or parts:
            parts[name](options, work, results)
    results.table()


main()
