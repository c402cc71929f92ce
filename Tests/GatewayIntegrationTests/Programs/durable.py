"""A publisher and a subscriber that know nothing of the server's kill -9: paho-mqtt connects again and goes on.

durable.py subscribe SERVER_JSON               makes the session and its subscriptions, then leaves
durable.py publish   SERVER_JSON COUNT ACKLOG  COUNT numbers to each topic; a line in ACKLOG for each acknowledged one
durable.py receive   SERVER_JSON COUNT PAUSE   takes the session up again until every number of every topic has come

Topics t/durable/1a, 1b with QoS 1 and 2a, 2b with QoS 2. `publish` and `receive` print one JSON line at their end;
`receive` prints "received N" after every twentieth message and waits PAUSE seconds after each.
"""

import json
import sys
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TOPICS = {"t/durable/1a": 1, "t/durable/2a": 2, "t/durable/1b": 1, "t/durable/2b": 2}
WINDOW = 20
LIMIT_SECONDS = 150


def client_of(server, name):
    version = paho.MQTTv5 if server.get("version") == "5" else paho.MQTTv311
    arguments = {} if version == paho.MQTTv5 else {"clean_session": False}
    client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=version, **arguments)
    client.username_pw_set(server["user"], server["password"])
    client.reconnect_delay_set(0.05, 0.2)
    client.max_inflight_messages_set(WINDOW)
    keep_released(client)
    return client


def keep_released(client):
    """paho-mqtt 2.2.0 forgets at the second attempt to connect in a row that PUBREC has come, and publishes the message
    anew: `_messages_reconnect_reset_out` turns `resend_pubrel` into `publish`. Remove this when it does not."""
    reset, states = client._messages_reconnect_reset_out, paho.MessageState

    def keep():
        waiting = (states.MQTT_MS_WAIT_FOR_PUBCOMP, states.MQTT_MS_RESEND_PUBREL)
        released = [message for message in client._out_messages.values() if message.state in waiting]
        reset()
        for message in released:
            message.state = states.MQTT_MS_RESEND_PUBREL

    client._messages_reconnect_reset_out = keep


def run(client, server, ended):
    """Connects, and again after every loss, until `ended`."""
    arguments = {}
    if server.get("version") == "5":
        arguments["properties"] = Properties(PacketTypes.CONNECT)
        arguments["properties"].SessionExpiryInterval = 3600
        arguments["clean_start"] = False
    client.connect_async(server["host"], server["port"], 10, **arguments)
    thread = threading.Thread(target=client.loop_forever, kwargs={"retry_first_connection": True}, daemon=True)
    thread.start()
    if not ended.wait(LIMIT_SECONDS):
        sys.exit(f"not at the end after {LIMIT_SECONDS} s")
    client.disconnect()
    thread.join(10)


def subscribe(server):
    client, ended = client_of(server, "subscriber"), threading.Event()
    client.on_connect = lambda client, *rest: client.subscribe(list(TOPICS.items()))
    granted = []

    def on_subscribe(client, context, mid, codes, properties):
        granted.extend(code.value for code in codes)
        ended.set()

    client.on_subscribe = on_subscribe
    run(client, server, ended)
    if granted != list(TOPICS.values()):
        sys.exit(f"granted {granted}")


def publish(server, count, ack_log):
    """All publishing happens on paho's own thread, one after the other: so the order is known."""
    client, ended = client_of(server, "publisher"), threading.Event()
    numbers = iter([(topic, number) for number in range(count) for topic in TOPICS])
    waiting, connects, presents = {}, [], []
    log = open(ack_log, "a", encoding="ascii", buffering=1)

    def send_next():
        topic, number = next(numbers, (None, None))
        if topic is not None:
            waiting[client.publish(topic, str(number), TOPICS[topic]).mid] = (topic, number)
        elif not waiting:
            ended.set()

    def on_connect(client, context, flags, code, properties):
        if code.value != 0:
            return print(f"CONNACK {code}", flush=True)  # paho tries again
        connects.append(code.value)
        presents.append(flags.session_present)
        if len(connects) == 1:
            for _ in range(WINDOW):
                send_next()

    def on_publish(client, context, mid, code, properties):
        topic, number = waiting.pop(mid)
        # 0x10: nobody subscribes. 0x92: PUBCOMP was lost, its PUBREL came again; the message has been taken.
        if code.value in (0, 0x10, 0x92):
            log.write(f"{topic} {number}\n")
        else:
            print(f"refused {topic} {number}: {code}", flush=True)
        send_next()

    client.on_connect, client.on_publish = on_connect, on_publish
    run(client, server, ended)
    print(json.dumps({"connects": len(connects), "sessionPresent": presents}), flush=True)


def receive(server, count, pause):
    client, ended = client_of(server, "subscriber"), threading.Event()
    received = {topic: [] for topic in TOPICS}
    missing = {(topic, number) for topic in TOPICS for number in range(count)}
    presents, marks = [], []

    def on_connect(client, context, flags, code, properties):
        if code.value == 0:
            presents.append(flags.session_present)

    def on_message(client, context, message):
        received[message.topic].append(int(message.payload))
        missing.discard((message.topic, int(message.payload)))
        total = sum(map(len, received.values()))
        if total % 20 == 0:
            print("received", total, flush=True)
        time.sleep(pause)
        if not missing and not marks:
            # An answer that comes after all deliveries of now: what is sent a second time has come before it.
            marks.append(client.unsubscribe("t/nothing")[1])

    def on_unsubscribe(client, context, mid, codes, properties):
        ended.set()

    client.on_connect, client.on_message, client.on_unsubscribe = on_connect, on_message, on_unsubscribe
    run(client, server, ended)
    print(json.dumps({"received": received, "sessionPresent": presents}), flush=True)


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        server = json.load(file)
    match sys.argv[1]:
        case "subscribe":
            subscribe(server)
        case "publish":
            publish(server, int(sys.argv[3]), sys.argv[4])
        case "receive":
            receive(server, int(sys.argv[3]), float(sys.argv[4]))


main()
