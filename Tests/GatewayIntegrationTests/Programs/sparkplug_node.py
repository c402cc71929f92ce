"""A Sparkplug B 3.0 edge node with paho-mqtt; its protobuf is written by hand from the specification.

sparkplug_node.py SERVER_JSON

Births with aliases, data by alias only, a rebirth when it is asked for, then the end of the line without DISCONNECT:
the server publishes NDEATH, the Will. Prints what commands it got.
"""

import json
import struct
import sys
import time

from mqtt_peer import Peer

GROUP, NODE, DEVICE = "plant 1", "node-a", "press"
INT32, INT64, FLOAT, DOUBLE, BOOLEAN, STRING = 3, 4, 9, 10, 11, 12


def varint(value):
    digits = b""
    while value > 0x7F:
        digits += bytes([value & 0x7F | 0x80])
        value >>= 7
    return digits + bytes([value])


def field(number, value):
    """A field: whole numbers as varint, floats as 64 bits, texts and messages with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def metric(value, kind, name=None, alias=None, at=None):
    """Metric: 1 name, 2 alias, 3 timestamp, 4 datatype, 10 int, 11 long, 12 float, 13 double, 14 boolean, 15 string."""
    data = b""
    if name is not None:
        data += field(1, name)
    if alias is not None:
        data += field(2, alias)
    data += field(3, at or int(time.time() * 1000)) + field(4, kind)
    match kind:
        case 3:
            data += field(10, value & 0xFFFF_FFFF)
        case 4:
            data += field(11, value & 0xFFFF_FFFF_FFFF_FFFF)
        case 9:
            data += varint(12 << 3 | 5) + struct.pack("<f", value)
        case 10:
            data += field(13, float(value))
        case 11:
            data += field(14, int(value))
        case 12:
            data += field(15, value)
    return field(2, data)


class Node:
    def __init__(self, server):
        self.sequence = 0
        will = {
            "topic": self.topic("NDEATH"),
            "payload": self.payload([metric(7, INT64, "bdSeq")], numbered=False),
            "qos": 1,
        }
        self.peer = Peer(server, "sparkplug", "3.1.1", will=will)

    def topic(self, kind, device=None):
        return f"spBv1.0/{GROUP}/{kind}/{NODE}" + (f"/{device}" if device else "")

    def payload(self, metrics, numbered=True):
        """Payload: 1 timestamp, 2 metrics, 3 seq."""
        data = field(1, int(time.time() * 1000)) + b"".join(metrics)
        if numbered:
            data += field(3, self.sequence)
            self.sequence = (self.sequence + 1) % 256
        return data

    def send(self, kind, metrics, device=None):
        self.peer.publish(self.topic(kind, device), self.payload(metrics), 1)

    def births(self):
        self.sequence = 0
        self.send(
            "NBIRTH",
            [
                metric(7, INT64, "bdSeq"),
                metric(False, BOOLEAN, "Node Control/Rebirth"),
                metric("v1", STRING, "Properties/Version", 1),
                metric(41.5, DOUBLE, "cpuTemperature", 2),
            ],
        )
        self.send(
            "DBIRTH",
            [
                metric(20.5, FLOAT, "Inputs/temperature", 10),
                metric(-3, INT32, "Inputs/offset", 11),
                metric(True, BOOLEAN, "running", 12),
            ],
            DEVICE,
        )


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        node = Node(json.load(file))
    node.peer.connect()
    node.peer.subscribe(node.topic("NCMD"), 1)
    node.births()
    for number in range(10):
        node.send("DDATA", [metric(21.0 + number / 2, FLOAT, alias=10), metric(-number, INT32, alias=11)], DEVICE)
    node.send("NDATA", [metric(42.25, DOUBLE, alias=2)])
    # A number is left out: the gateway asks for the births.
    node.sequence += 1
    node.send("DDATA", [metric(99.5, FLOAT, alias=10)], DEVICE)
    command = node.peer.receive(30)
    print("command", command.topic, flush=True)
    node.births()
    node.send("DDATA", [metric(False, BOOLEAN, alias=12)], DEVICE)
    node.peer.drop()


main()
