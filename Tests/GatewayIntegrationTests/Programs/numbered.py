"""A device that numbers its readings and trusts nobody: over every new connection it sends all of them again.

numbered.py SERVER_JSON COUNT ACKLOG STOP

SERVER_JSON is a file: {"host", "port", "device", "user", "password"}. Sends COUNT messages in four epochs, window 50; a
line in ACKLOG for each acknowledgement. When a connection ends it begins anew, with the first message. It ends with
the first pass that is acknowledged whole after the file STOP has come to be, and prints one JSON line.
"""

import json
import os
import sys
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

WINDOW = 50
LIMIT_SECONDS = 150


def messages_of(count):
    """Epoch, first number and number of readings of each message: the same at every call, as a spool keeps them."""
    messages, number = [], 0
    for index in range(count):
        if index % (count // 4) == 0:
            number = 0
        size = 1 + index % 3
        messages.append((1 + index // (count // 4), number, size))
        number += size
    return messages


class Pass:
    """One connection and what it has sent."""

    def __init__(self, server, messages, log):
        self.server, self.messages, self.log = server, messages, log
        self.sent = self.acknowledged = 0
        self.ended = threading.Event()
        # Without a session at the broker: the device itself knows what to send.
        self.client = paho.Client(CallbackAPIVersion.VERSION2, server["device"], protocol=paho.MQTTv311)
        self.client.username_pw_set(server["user"], server["password"])
        self.client.max_inflight_messages_set(WINDOW)
        self.client.on_connect = self.on_connect
        self.client.on_publish = self.on_publish
        self.client.on_disconnect = lambda *rest: self.ended.set()

    def run(self):
        """Whether all was acknowledged."""
        try:
            self.client.connect(self.server["host"], self.server["port"], 10)
        except OSError:
            time.sleep(0.05)
            return False
        thread = threading.Thread(target=self.client.loop_forever, kwargs={"retry_first_connection": False}, daemon=True)
        thread.start()
        self.ended.wait(LIMIT_SECONDS)
        self.client.disconnect()
        thread.join(10)
        return self.acknowledged == len(self.messages)

    def on_connect(self, client, context, flags, code, properties):
        if code.value != 0:
            return self.ended.set()
        for _ in range(WINDOW):
            self.send_next()

    def send_next(self):
        if self.sent == len(self.messages):
            return
        epoch, first, size = self.messages[self.sent]
        body = [{"message": self.sent, "number": number} for number in range(first, first + size)]
        bag = f"weir-epoch={epoch}&weir-seq={first}&weir-count={size}"
        self.client.publish(f"devices/{self.server['device']}/messages/events/{bag}", json.dumps(body), 1)
        self.sent += 1

    def on_publish(self, client, context, mid, code, properties):
        self.log.write(f"{self.acknowledged}\n")  # acknowledged in order
        self.acknowledged += 1
        if self.acknowledged == len(self.messages):
            return self.ended.set()
        self.send_next()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        server = json.load(file)
    messages = messages_of(int(sys.argv[2]))
    begin, passes, isLast = time.monotonic(), 0, False
    with open(sys.argv[3], "a", encoding="ascii", buffering=1) as log:
        while time.monotonic() - begin < LIMIT_SECONDS:
            isLast = os.path.exists(sys.argv[4])
            passes += 1
            if Pass(server, messages, log).run() and isLast:
                return print(json.dumps({"passes": passes, "seconds": round(time.monotonic() - begin, 1)}))
    sys.exit(f"not at the end after {LIMIT_SECONDS} s")


main()
