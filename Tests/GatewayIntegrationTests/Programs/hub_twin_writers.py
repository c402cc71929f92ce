"""Twin updates over kill -9 of the gateway: what was answered is there, in the twins and in twin-changes.

hub_twin_writers.py SERVER_JSON COUNT ACKLOG

Four writers share 20 devices, each device has one writer; COUNT updates must be answered with success. A line in ACKLOG
for each one that is. An update whose answer is lost is not known to be done: the writer goes on with the next. Two
devices are connected all the time: one reports, one listens. Then it reads the twins and the topic twin-changes and
prints one JSON line for each statement; status 1 when one fails.
"""

import os
import sys
import threading
import time

import requests

from hub_peers import Failure
from hub_peers.device import LOST
from hub_scene import check, open_scene

WRITERS, DEVICES, LIMIT_SECONDS = 4, 20, 170


class Writers:
    """What was tried, and what was answered."""

    def __init__(self, scene, count, log):
        self.scene, self.count, self.log = scene, count, log
        self.names = [f"kill-{number:02d}" for number in range(DEVICES)]
        scene.service.json("POST", "/devices", [{"id": name, "importMode": "create"} for name in self.names])
        # By device: numbers tried in order; by number: the version that was answered.
        self.tried, self.answered = {name: [] for name in self.names}, {name: {} for name in self.names}
        self.lock, self.left, self.faults, self.reported = threading.Lock(), count, [], []
        self.listener = self.connected(self.names[0]).listen("patches")
        self.reporter = self.connected(self.names[1])

    def connected(self, name):
        return self.scene.client(self.scene.registry.get_device(name))

    def write(self, names):
        service = type(self.scene.service)(self.scene.hub, self.scene.service.connection_string)
        turn = 0
        while self.left > 0:
            name = names[turn % len(names)]
            turn += 1
            number = len(self.tried[name]) + 1
            self.tried[name].append(number)
            try:
                answer = service.request("PATCH", f"/twins/{name}", {"properties": {"desired": {"n": number}}})
            except requests.exceptions.RequestException:
                time.sleep(0.05)
                continue
            if answer.status_code in (429, 503):
                time.sleep(0.2)
                continue
            if answer.status_code != 200:
                self.faults.append(f"{name} {number}: {answer.status_code} {answer.text[:200]}")
                return
            version = answer.json()["properties"]["desired"]["$version"]
            with self.lock:
                self.answered[name][number] = version
                self.left -= 1
                self.log.write(f"{name} {number} {version}\n")

    def report(self):
        number = 0
        while self.left > 0:
            number += 1
            try:
                self.reporter.report({"r": number})
                self.reported.append(number)
            except LOST:
                time.sleep(0.05)

    def run(self):
        threads = [threading.Thread(target=self.write, args=(self.names[number::WRITERS],), daemon=True)
                   for number in range(WRITERS)]
        self.reporting = threading.Thread(target=self.report, daemon=True)
        deadline = time.monotonic() + LIMIT_SECONDS
        for thread in [*threads, self.reporting]:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        if self.faults:
            raise Failure("; ".join(self.faults[:5]))
        if any(thread.is_alive() for thread in threads):
            raise Failure(f"not at the end after {LIMIT_SECONDS} s: {self.left} answers missing")
        tried = sum(map(len, self.tried.values()))
        return f"{tried} updates, {self.count - self.left} answered"

    def reports_end(self):
        """No report waits for an answer that was lost: the package sends a PUBLISH again that has no PUBACK, none that
        has one, and waits for ever."""
        self.reporting.join(20)
        if self.reporting.is_alive():
            raise Failure(f"report {self.reported[-1] + 1} has no answer: PUBACK came, and the answer was lost")
        return f"{len(self.reported)} reports"

    # Statements about the end.

    def twins_hold(self):
        """Every answered update is in its twin with its version, or a later one is."""
        self.twins = {name: self.scene.service.json("GET", f"/twins/{name}") for name in self.names}
        for name, twin in self.twins.items():
            desired, answered = twin["properties"]["desired"], self.answered[name]
            last = max(answered, default=0)
            self.scene.true(f"{name}: version {desired['$version']} after {answered.get(last)}",
                            desired["$version"] >= answered.get(last, 1) and desired.get("n", 0) >= last)
            versions = [answered[number] for number in sorted(answered)]
            self.scene.true(f"{name}: versions grow with the updates", versions == sorted(set(versions)))

    def changes_hold(self):
        """twin-changes has every version of every twin exactly once, in order, with what was written."""
        records, repeats = {}, 0

        def complete():
            records.clear()
            for record in self.scene.records("twin-changes"):
                records.setdefault(record["deviceId"], []).append(record["body"])
            return all(len(records.get(name, [])) >= self.changes(name) for name in self.names)

        self.scene.wait("all changes in the topic", complete, 30)
        for name in self.names:
            bodies = [body["properties"]["desired"] for body in records[name] if "desired" in body["properties"]]
            versions = [body["$version"] for body in bodies]
            self.scene.equal(f"{name}: desired versions", versions,
                             list(range(2, self.twins[name]["properties"]["desired"]["$version"] + 1)))
            numbers = [body["n"] for body in bodies]
            self.scene.true(f"{name}: {numbers} tried in this order", numbers == sorted(set(numbers)))
            for number, version in self.answered[name].items():
                self.scene.equal(f"{name}: update {number}", bodies[version - 2]["n"], number)
            reports = [body["properties"]["reported"] for body in records[name] if "reported" in body["properties"]]
            self.scene.equal(f"{name}: reported versions", [body["$version"] for body in reports],
                             list(range(2, self.twins[name]["properties"]["reported"]["$version"] + 1)))
            twin_versions = [body["version"] for body in records[name]]
            self.scene.equal(f"{name}: versions of the twin", twin_versions,
                             list(range(twin_versions[0], twin_versions[0] + len(twin_versions))))
            if name == self.names[1]:
                found = [body["r"] for body in reports]
                # The package sends a report again whose answer was lost.
                self.scene.equal("answered reports that are missing", sorted(set(self.reported) - set(found)), [])
                self.scene.equal("reports in order", found, sorted(found))
                repeats = len(found) - len(set(found))
        return f"{sum(map(len, records.values()))} records, {repeats} reports sent again"

    def changes(self, name):
        properties = self.twins[name]["properties"]
        return properties["desired"]["$version"] + properties["reported"]["$version"] - 2

    def listener_holds(self):
        """The connected device knows the last value, and was never told an older one after a newer."""
        wanted, seen = self.twins[self.names[0]]["properties"]["desired"], []
        while not seen or seen[-1]["$version"] < wanted["$version"]:
            seen.append(self.listener.patch())
        self.scene.equal("last value", seen[-1]["n"], wanted["n"])
        versions = [patch["$version"] for patch in seen]
        self.scene.equal("in order", versions, sorted(set(versions)))
        return f"{len(seen)} patches for {wanted['$version'] - 1} versions"


def main():
    scene = open_scene(sys.argv[1], "twin-writers")
    with open(sys.argv[3], "a", encoding="ascii", buffering=1) as log:
        writers = Writers(scene, int(sys.argv[2]), log)
        good = check("writers-end", writers.run) and all([
            check("reports-end", writers.reports_end),
            check("answered-updates-are-there", writers.twins_hold),
            check("changes-exactly-once-in-order", writers.changes_hold),
            check("device-misses-nothing", writers.listener_holds),
        ])
    os._exit(0 if good else 1)


main()
