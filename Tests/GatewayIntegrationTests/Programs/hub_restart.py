"""A device and a service program that go on over a restart of the gateway.

hub_restart.py SERVER_JSON GO

Prepares, prints "prepared", sends telemetry all the time, and waits until the file GO has come to be: meanwhile the
gateway was away and has come back. Then one JSON line for each statement; status 1 when one fails.
"""

import os
import sys
import threading
import time

from hub_peers import wait
from hub_peers.device import LOST
from hub_scene import check, open_scene


class Restart:
    def __init__(self, scene):
        from hub_statements.connections import watched

        self.scene, self.service = scene, scene.service
        self.identity = scene.register("device")
        self.device, self.states = watched(scene, self.identity)
        self.device.listen("patches", "messages", "methods")
        self.away = scene.register("away").device_id
        self.sent, self.refused, self.stop = 0, 0, threading.Event()
        self.device.report({"before": 1})
        self.service.update_twin(self.device.id, desired={"n": 1}, tags={"site": "restart"})
        self.device.patch()
        self.etag = self.service.twin(self.device.id).etag
        for number in range(3):
            answer = self.service.request("POST", "/messages/devicebound", b"m%d" % number,
                                          {"iothub-to": f"/devices/{self.away}/messages/devicebound"})
            scene.equal(f"queueing: {answer.text[:200]}", answer.status_code, 204)
        self.reads = 0
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self.send, self.read)]
        for thread in self.threads:
            thread.start()

    def send(self):
        while not self.stop.is_set():
            try:
                self.device.send('{"n": %d}' % (self.sent + 1), message_id=f"m-{self.sent + 1}")
                self.sent += 1
            except LOST:
                self.refused += 1
                time.sleep(0.05)

    def read(self):
        while not self.stop.is_set():
            try:
                self.device.twin()
                self.reads += 1
            except LOST:
                time.sleep(0.05)

    def twin_reads(self):
        """No read waits for an answer that was lost: the package would wait for ever."""
        wait("a twin's answer after the restart", lambda known=self.reads: self.reads > known + 5, 40)
        return f"{self.reads} reads"

    def telemetry(self):
        """Every message is acknowledged and stored; the program saw nothing but a reconnect."""
        wait("a message after the restart", lambda known=self.sent: self.sent > known + 5, 40)
        self.stop.set()
        self.threads[0].join(30)
        bodies = [record["body"]["n"] for record in self.scene.records(device=self.device.id)]
        self.scene.equal("stored", sorted(set(bodies)), list(range(1, self.sent + 1)))
        self.scene.equal("changes of the connection", self.states, [False, True])
        faults = [fault for fault in self.device.faults if type(fault).__name__ != "ConnectionDroppedError"]
        self.scene.equal("faults in the background", faults, [])
        return f"{self.sent} messages, {len(bodies) - self.sent} sent again, {self.refused} not taken by the package"

    def twins(self):
        """Versions, etags and tags are what they were; patches and reports go on."""
        twin = self.service.twin(self.device.id)
        self.scene.equal("etag", twin.etag, self.etag)
        versions = twin.properties.desired["$version"], twin.properties.reported["$version"]
        self.scene.equal("versions", versions, (2, 2))
        self.service.update_twin(self.device.id, desired={"n": 2}, etag=self.etag)
        self.scene.equal("patch", self.device.patch(), {"n": 2, "$version": 3})
        self.device.report({"after": 1})
        self.scene.equal("to the device", self.device.twin()["reported"], {"before": 1, "after": 1, "$version": 3})

    def methods(self):
        """The remembered subscription answers a call."""
        self.scene.equal("answer", self.service.method(self.device.id, "m", {"x": 1}, connect=10).payload, {"x": 1})

    def messages(self):
        """What waited for a device that was away is delivered in order; new ones reach the one that stayed."""
        device = self.scene.client(self.scene.registry.get_device(self.away)).listen("messages")
        self.scene.equal("messages", [device.message().data for _ in range(3)], [b"m0", b"m1", b"m2"])
        self.service.request("POST", "/messages/devicebound", b"new",
                             {"iothub-to": f"/devices/{self.device.id}/messages/devicebound"})
        self.scene.equal("new", self.device.message().data, b"new")


def main():
    go = sys.argv[2]
    restart = Restart(open_scene(sys.argv[1], "restart"))
    wait("some telemetry", lambda: restart.sent > 20)
    print("prepared", flush=True)
    wait("the gateway's return", lambda: os.path.exists(go), 60)
    good = all([
        check("restart-twin-reads", restart.twin_reads), check("restart-telemetry", restart.telemetry),
        check("restart-twins", restart.twins),
        check("restart-methods", restart.methods), check("restart-messages", restart.messages),
    ])
    os._exit(0 if good else 1)


main()
