#!/usr/bin/env python3
"""The MQTT endpoint beside its yardsticks, in one run: Weir, mosquitto (persistence off), nullbroker --append.

  mqtt.py [--rounds 3] [--loads ingest,single,open,fanout,idle,reconnect] [--weir .build/release/weir]
          [--tools ../shared/tools/mqttload] [--paced-sync] [--out results.jsonl]

Each server runs alone on core 0 with fresh data, the load generator on core 1, QoS 1 and 128-byte payloads unless the
load says otherwise. Weir's clients are registered devices with a token checked at CONNECT, every message is synced
before its PUBACK. Ends what it starts by process id. Prints one line per run and the table of medians.
"""
import argparse, json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PORT, TLS_PORT = 2883, 2884
DEVICES = 10_000

MOSQUITTO = f"""listener {PORT} 127.0.0.1
allow_anonymous true
user root
log_type error
sys_interval 0
max_queued_messages 0
max_inflight_messages 1000
persistence false
"""


class Server:
    """One server under load; `args` are what mqttload needs to speak to it."""

    def __init__(self, name, options, work):
        self.name, self.options = name, options
        self.folder = os.path.join(work, name)
        self.process = None

    def start(self, fresh=True):
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, exist_ok=True)
        command = getattr(self, "command_" + self.name)()
        self.process = subprocess.Popen(
            on_core(0) + command, stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "stderr"), "w"),
            preexec_fn=own_session, env=dict(os.environ, **self.options.environment))
        try:
            wait_port(PORT, self.process)
        except RuntimeError as error:
            with open(os.path.join(self.folder, "stderr")) as file:
                raise RuntimeError(f"{self.name}: {error}: {file.read()[-500:]}")
        if fresh and self.name == "weir":
            self.prepare_weir()
        return self

    def command_weir(self):
        settings = [f"mqtt.port={PORT}", f"mqtt.tlsPort={TLS_PORT}", "mqtt.tlsHost=127.0.0.1", "http.port=2885", "https.port=off",
                    "kafka.port=off", "logging.level=warning"] + self.options.set
        command = [self.options.weir, "serve", "--data", self.folder + "/data"]
        for setting in settings:
            command += ["--set", setting]
        return command

    def command_mosquitto(self):
        path = os.path.join(self.folder, "mosquitto.conf")
        with open(path, "w") as file:
            file.write(MOSQUITTO)
        return ["/usr/sbin/mosquitto", "-c", path]

    def command_nullbroker(self):
        return [os.path.join(self.options.tools, "nullbroker"), "--port", str(PORT), "--append", self.folder + "/log"]

    def weir(self, *arguments, **keywords):
        run = subprocess.run([self.options.weir, *arguments, "--data", self.folder + "/data"], capture_output=True,
                             text=True, **keywords)
        if run.returncode:
            raise RuntimeError(f"weir {arguments[0]} {arguments[1]}: {run.stderr[-500:]}")
        return run.stdout.strip()

    def prepare_weir(self):
        # Written when all listeners are open.
        while not os.path.exists(self.folder + "/data/endpoints.json"):
            time.sleep(0.01)
        path = os.path.join(self.folder, "devices.jsonl")
        with open(path, "w") as file:
            for number in range(DEVICES):
                permissions = {"publish": ["fan/#"], "subscribe": ["fan/#"]}
                file.write(json.dumps({"deviceId": f"dev{number}", "weir": {"permissions": permissions}}) + "\n")
        self.weir("device", "import", path)
        self.token = self.weir("device", "token", "--policy", "device")

    def clients(self):
        if self.name != "weir":
            return ["--clientid", "dev%d", "--topic", "devices/dev%d/messages/events/"]
        return ["--clientid", "dev%d", "--username", "localhost/dev%d/?api-version=2021-04-12", "--password",
                self.token, "--topic", "devices/dev%d/messages/events/"]

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def load(self, *arguments, timeout=300, tls=False):
        command = on_core(1) + [os.path.join(self.options.tools, "mqttload"), "--payload", "128",
                   "--port", str(TLS_PORT if tls else PORT), "--pid", str(self.process.pid)]
        if tls:
            command.append("--tls")
        run = subprocess.run(command + [str(argument) for argument in arguments], capture_output=True, text=True,
                             timeout=timeout, preexec_fn=own_session)
        try:
            return json.loads(run.stdout)
        except ValueError:
            raise RuntimeError(f"mqttload: {run.stdout!r} {run.stderr!r}")

    def stored_bytes(self):
        folder = self.folder + "/data/log/telemetry"
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".log"))


def on_core(number):
    return ["taskset", "-c", str(number)]


def own_session():
    """As root what is measured goes before whatever else runs on the machine."""
    os.setsid()
    try:
        os.nice(-15)
        with open("/proc/self/autogroup", "w") as file:
            file.write("-15")
    except OSError:
        pass


def wait_port(port, process):
    deadline = time.time() + 60
    while time.time() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not listen")


def measure(server, load, state):
    """One run; returns what the table shows, by name."""
    seconds = ["--seconds", state["seconds"], "--warmup", 1]
    if load == "ingest":
        server.start()
        run = server.load("--conns", 100, "--inflight", 20, *seconds, *server.clients())
        if server.name == "mosquitto":
            state["half"] = run["msgs_per_s"] / 2
        rows = {"ingest": run["msgs_per_s"]}
        if server.name == "weir":
            server.stop()
            rows["bytes per message"] = server.stored_bytes() / run["acked"]
        return rows
    if load == "single":
        server.start()
        return {"single": server.load("--conns", 1000, "--inflight", 1, *seconds, *server.clients())["msgs_per_s"]}
    if load == "open":
        if "half" not in state:
            return {}
        server.start()
        run = server.load("--conns", 100, "--inflight", 20, "--rate", round(state["half"]), *seconds, *server.clients())
        return {"open p50 ms": run["lat_us"]["p50"] / 1000, "open p99 ms": run["lat_us"]["p99"] / 1000}
    if load == "fanout":
        if server.name == "nullbroker":
            return {}
        server.start()
        clients = server.clients()
        clients[clients.index("--topic") + 1] = "fan/out"
        subscribers = clients[:0] + ["--subs", 1000, "--subfilter", "fan/out", "--subqos", 0, "--subclientid", "dev%d"]
        run = server.load("--conns", 1, "--first", 5000, "--qos", 0, "--inflight", 20, *subscribers, *clients, *seconds)
        return {"fanout": run["delivered"] / run["seconds"]}
    if load == "idle":
        if server.name == "nullbroker":
            return {}
        rows = {}
        for tls in (False, True) if server.name == "weir" else (False,):
            server.start()
            run = server.load("--idle", "--conns", DEVICES, "--hold", 5, "--connect-timeout", 150, *server.clients(), tls=tls)
            if run["connected"] != DEVICES:
                raise RuntimeError(f"{run['connected']} of {DEVICES} connected")
            rows["idle TLS bytes" if tls else "idle bytes"] = run["srv"]["rss_per_conn_bytes"]
            server.stop()
        return rows
    if load == "reconnect":
        if server.name != "weir":
            return {}
        server.start()
        server.load("--conns", DEVICES, "--messages", DEVICES, "--inflight", 1, "--connect-timeout", 150,
                    *server.clients(), tls=True)
        server.stop(signal.SIGKILL)
        begin = time.time()
        server.start(fresh=False)
        run = server.load("--conns", DEVICES, "--messages", DEVICES, "--inflight", 1, "--parallel", 1000,
                          "--connect-timeout", 150, *server.clients(), tls=True)
        if run["connected"] != DEVICES or run["acked"] < DEVICES:
            raise RuntimeError(f"{run['connected']} connected, {run['acked']} acknowledged of {DEVICES}")
        return {"reconnect s": time.time() - begin, "reconnect connect s": run["connect_s"]}
    raise SystemExit(f"unknown load {load}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--loads", default="ingest,single,open,fanout,idle,reconnect")
    parser.add_argument("--servers", default="mosquitto,nullbroker,weir")
    parser.add_argument("--weir", default=os.path.join(ROOT, ".build/release/weir"))
    parser.add_argument("--tools", default=os.path.join(ROOT, "../shared/tools/mqttload"),
                        help="folder with mqttload and nullbroker, built")
    parser.add_argument("--set", action="append", default=[], help="a setting of weir, key=value")
    parser.add_argument("--paced-sync", action="store_true",
                        help="servers run on tmpfs with syncs of known length (paced_sync.c): no noise of the disk")
    parser.add_argument("--out", default=None, help="append every run to this file, JSON lines")
    options = parser.parse_args()
    for program in (options.weir, os.path.join(options.tools, "mqttload"), os.path.join(options.tools, "nullbroker")):
        if not os.access(program, os.X_OK):
            sys.exit(f"{program} is not there: build it first (swift build -c release; make in the tools' folder)")
    results = {}
    place = "/dev/shm" if options.paced_sync else os.environ.get("TMPDIR", "/tmp")
    options.environment = {}
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=place) as work:
        if options.paced_sync:
            library = os.path.join(work, "paced_sync.so")
            source = os.path.join(HERE, "paced_sync.c")
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", source, "-o", library], check=True)
            options.environment = {"LD_PRELOAD": library}
        for number in range(options.rounds):
            state = {"seconds": options.seconds}
            for load in options.loads.split(","):
                for name in options.servers.split(","):
                    server = Server(name, options, work)
                    try:
                        rows = measure(server, load, state)
                    finally:
                        server.stop()
                    for row, value in rows.items():
                        results.setdefault(row, {}).setdefault(name, []).append(value)
                        print(f"round {number + 1}  {name:<11} {row:<20} {value:,.1f}", flush=True)
                        if options.out:
                            with open(options.out, "a") as file:
                                file.write(json.dumps({"round": number, "server": name, "row": row, "value": value}) + "\n")
    print("\n| load | Weir | mosquitto | nullbroker | Weir : mosquitto | Weir : nullbroker |\n| --- | --- | --- | --- | --- | --- |")
    for row, servers in results.items():
        middle = {name: statistics.median(values) for name, values in servers.items()}
        def ratio(name):
            pairs = list(zip(servers.get("weir", []), servers.get(name, [])))
            return f"{statistics.median(a / b for a, b in pairs):.2f}" if pairs else ""
        shown = [f"{middle[name]:,.1f}" if name in middle else "" for name in ("weir", "mosquitto", "nullbroker")]
        print(f"| {row} | " + " | ".join(shown) + f" | {ratio('mosquitto')} | {ratio('nullbroker')} |")


main()
