"""Overload as a client sees it, measured; each case prints one JSON line that the test judges.

overload.py slow SERVER_JSON     subscribers stop reading while a publisher sends much more than sockets hold
overload.py rate SERVER_JSON     one client is limited ("limited"), another is not ("user")
overload.py storm SERVER_JSON N  N clients connect at once while an accepted one works
"""

import asyncio
import json
import struct
import sys
import threading
import time

from mqtt_peer import Failure, Peer
from mqtt_wire import Wire, connect, publish, subscribe


def percentiles(seconds):
    """Median, 99th percentile and maximum in milliseconds."""
    ordered = sorted(seconds)
    at = lambda part: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1)
    return {"count": len(ordered), "p50": at(0.5), "p99": at(0.99), "max": at(1)}


def deliveries(server, publisher, reader, count, size, pause):
    """Publishes and reads with one client each; gives the delays from publish to delivery."""
    delays = []

    def read():
        for _ in range(count):
            message = reader.receive(60)
            delays.append(message.at - struct.unpack_from("!d", message.payload)[0])

    thread = threading.Thread(target=read)
    thread.start()
    begin = time.monotonic()
    for number in range(count):
        publisher.send("t/slow/x", struct.pack("!d", time.monotonic()) + bytes(size), number % 2)
        time.sleep(max(0, begin + (number + 1) * pause - time.monotonic()))
    thread.join(90)
    if len(delays) != count:
        raise Failure(f"{len(delays)} of {count} messages arrived")
    return delays


def slow(server):
    count, size = 1_500, 32 * 1024
    reader, publisher = Peer(server, "reader", "5"), Peer(server, "publisher", "5")
    for peer in (reader, publisher):
        peer.connect()
    reader.subscribe("t/slow/#", 1)
    before = deliveries(server, publisher, reader, 500, size, 0.004)
    stuck = []
    for number in range(6):
        wire = Wire(server, receive_buffer=4096)
        wire.open(f"stuck-{number}", "3.1.1", clean=number < 4)
        wire.send(subscribe(["t/slow/#"], "3.1.1", number % 3))
        wire.next()
        stuck.append(wire)  # from here on it reads nothing
    during = deliveries(server, publisher, reader, count, size, 0.004)
    print(
        json.dumps(
            {"before": percentiles(before), "during": percentiles(during), "stuckMegabytesEach": count * size >> 20}
        )
    )
    for peer in (reader, publisher):
        peer.disconnect()


def rate(server):
    limited, free = Peer(server, "limited", "5", user=server["limited"]), Peer(server, "free", "5")
    for peer in (limited, free):
        peer.connect()
    begin = time.monotonic()
    waiting = [limited.send("t/rate/5/own/x", f"{number}", 1) for number in range(100)]
    delays = []
    while time.monotonic() - begin < 2:
        sent = time.monotonic()
        free.publish("t/rate/5/x", "free", 1)
        delays.append(time.monotonic() - sent)
    codes = [limited.settle(each) for each in waiting]
    seconds = time.monotonic() - begin
    print(
        json.dumps(
            {
                "seconds": round(seconds, 2),
                "messages": len(codes),
                "refused": sum(code >= 0x80 for code in codes),
                "other": percentiles(delays),
            }
        )
    )
    for peer in (limited, free):
        peer.disconnect()


async def _connect(server, number, results):
    begin = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection(server["host"], server["port"])
        writer.write(connect(f"storm-{number}", server["user"], server["password"], "3.1.1"))
        answer = await asyncio.wait_for(reader.readexactly(4), 60)
        results.append((answer[3], time.monotonic() - begin))
        return writer
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        results.append((type(error).__name__, time.monotonic() - begin))


def storm(server, count):
    steady = Peer(server, "steady", "5")
    steady.connect()
    delays, results, ended = [], [], threading.Event()

    def work():
        while not ended.is_set():
            sent = time.monotonic()
            steady.publish("t/storm/x", "steady", 1)
            delays.append(time.monotonic() - sent)
            time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    begin = time.monotonic()

    async def all_of_them():
        writers = await asyncio.gather(*(_connect(server, number, results) for number in range(count)))
        for writer in writers:
            if writer is not None:
                writer.write(publish("t/storm/y", b"accepted", "3.1.1"))
                writer.close()

    asyncio.run(all_of_them())
    seconds = time.monotonic() - begin
    ended.set()
    thread.join(30)
    accepted = [delay for code, delay in results if code == 0]
    others = sorted({str(code) for code, _ in results if code != 0})
    line = {
        "clients": count,
        "accepted": len(accepted),
        "others": others,
        "seconds": round(seconds, 2),
        "steady": percentiles(delays),
    }
    print(json.dumps(line | {"connect": percentiles(accepted)} if accepted else line))
    steady.disconnect()


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        server = json.load(file)
    match sys.argv[1]:
        case "slow":
            slow(server)
        case "rate":
            rate(server)
        case "storm":
            storm(server, int(sys.argv[3]))


main()
