"""kcat, the command line client: every call is a process."""

import json
import os
import queue
import re
import subprocess
import tempfile
import threading

from kafka_peers import WAIT_SECONDS, Failure, Fault, Record, bootstrap, credentials

SEPARATOR = "\x1f"


class Peer:
    def __init__(self, server, user=None, password=None, secure=False):
        self.command = ["kcat", "-b", bootstrap(server, secure)]
        user, password = credentials(server, user, password)
        if user is not None:
            self._set("security.protocol", "SASL_SSL" if secure else "SASL_PLAINTEXT")
            self._set("sasl.mechanism", server.get("mechanism", "PLAIN"))
            self._set("sasl.username", user)
            self._set("sasl.password", password)
        if secure:
            self._set("ssl.ca.location", server["tls"]["authority"])

    def _set(self, name, value):
        self.command += ["-X", f"{name}={value}"]

    def close(self):
        pass

    def run(self, *arguments, data=b""):
        """Runs kcat to its end; what it prints. A status other than 0 is a Fault with what it wrote to stderr."""
        done = subprocess.run(
            self.command + list(arguments), input=data, capture_output=True, timeout=3 * WAIT_SECONDS, check=False
        )
        text = done.stderr.decode(errors="replace").strip()
        if done.returncode != 0 or "Delivery failed" in text:
            raise Fault(done.returncode, text)
        return done.stdout

    def login(self):
        return self.run("-L", "-m", "3")

    def topics(self):
        listed = json.loads(self.run("-L", "-J", "-m", f"{WAIT_SECONDS}"))
        return {topic["topic"]: len(topic["partitions"]) for topic in listed["topics"]}

    def produce(self, topic, records, compression=None, idempotent=False, acks=-1, together=True):
        """kcat tells no offsets; all records get the first one's headers."""
        arguments = ["-P", "-t", topic, "-X", f"acks={acks}", "-X", f"linger.ms={100 if together else 0}"]
        arguments += ["-X", "partitioner=murmur2_random", "-X", "message.max.bytes=4000000"]
        arguments += ["-X", f"message.timeout.ms={WAIT_SECONDS * 1000}", "-X", "topic.metadata.propagation.max.ms=1000"]
        if idempotent:
            arguments += ["-X", "enable.idempotence=true"]
        if compression:
            arguments += ["-z", compression]
        for name, value in records[0].headers:
            arguments += ["-H", f"{name}={value.decode()}"]
        if records[0].partition is not None:
            arguments += ["-p", f"{records[0].partition}"]
        if len(records) == 1 and records[0].key is None:
            with tempfile.NamedTemporaryFile() as file:  # one message, whatever its bytes are
                file.write(records[0].value)
                file.flush()
                self.run(*arguments, file.name)
        elif records[0].key is None:
            self.run(*arguments, data=b"".join(record.value + b"\n" for record in records))
        else:
            mark = SEPARATOR.encode()
            lines = b"".join(record.key + mark + record.value + b"\n" for record in records)
            self.run(*arguments, "-K", SEPARATOR, data=lines)
        return None

    def consumer(self, topic, group=None, start="earliest", partitions=None, instance=None, wait=500):
        return Consumer(self, topic, group, start, partitions, instance, wait)

    def offsets_for_time(self, topic, milliseconds):
        found = {}
        for number in range(self.topics()[topic]):
            text = self.run("-Q", "-t", f"{topic}:{number}:{milliseconds}").decode()
            found[number] = int(re.search(r"offset (-?\d+)", text).group(1))
        return found

    def end_offsets(self, topic):
        return self.offsets_for_time(topic, -1)

    def read_from_time(self, topic, milliseconds):
        """What `-o s@TIME` reads up to the end."""
        lines = self.run("-C", "-t", topic, "-o", f"s@{milliseconds}", "-e", "-q", "-J")
        return [record(line) for line in lines.splitlines()]


def record(line):
    fields = json.loads(line)
    flat = fields.get("headers", [])
    headers = [(flat[place], flat[place + 1].encode()) for place in range(0, len(flat), 2)]
    key, value = fields.get("key"), fields.get("payload")
    return Record(
        fields["partition"],
        fields["offset"],
        None if key is None else key.encode(),
        None if value is None else value.encode(),
        headers,
        fields.get("ts"),
        "create" if fields.get("tstype") == "create" else "append",
    )


class Consumer:
    """kcat -C, or kcat -G, which commits by itself what it has printed."""

    def __init__(self, peer, topic, group, start, partitions, instance, wait):
        common = ["-u", "-q", "-J", "-X", f"auto.offset.reset={start}", "-X", f"fetch.wait.max.ms={wait}"]
        self.partitions, self.lines, self.notes = set(), queue.Queue(), []
        if group:
            common.remove("-q")  # assignments are told on stderr
            if instance:
                common += ["-X", f"group.instance.id={instance}"]
            common += ["-X", "heartbeat.interval.ms=300", "-X", "session.timeout.ms=10000"]
            common += ["-X", "auto.commit.interval.ms=100"]
            command = peer.command + common + ["-G", group, topic]
        else:
            offset = {"earliest": "beginning", "latest": "end"}[start]
            common += ["-p", f"{partitions[0]}"] if partitions else []
            command = peer.command + common + ["-C", "-t", topic, "-o", offset]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._note, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(record(line))

    def _note(self):
        for line in self.process.stderr:
            text = line.decode(errors="replace").strip()
            self.notes.append(text)
            if "assigned:" in text:
                self.partitions |= {int(number) for number in re.findall(r"\[(\d+)\]", text.split("assigned:")[1])}
            elif "revoked:" in text:
                self.partitions -= {int(number) for number in re.findall(r"\[(\d+)\]", text.split("revoked:")[1])}

    def poll(self, seconds=0.2, count=500):
        if self.process.poll() not in (None, 0) and self.lines.empty():
            raise Fault(self.process.returncode, "; ".join(self.notes))
        records = []
        try:
            records.append(self.lines.get(timeout=seconds))
            while len(records) < count:
                records.append(self.lines.get_nowait())
        except queue.Empty:
            pass
        return records

    def assignment(self):
        return set(self.partitions)

    def seek(self, partition, offset):
        raise NotImplementedError("kcat does not seek")

    def commit(self, offsets):
        pass  # kcat commits by itself, at the latest when it ends

    def close(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, 15)
        try:
            self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure(f"kcat does not end: {self.notes}")
