"""One paho-mqtt client as tests want it: every call waits for the server's answer, and every wait has a limit."""

import queue
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

WAIT_SECONDS = 15
VERSIONS = {"3.1.1": paho.MQTTv311, "5": paho.MQTTv5}


class Failure(Exception):
    """What was expected did not come."""


def properties(packet, values):
    """paho's properties of one packet, from their names."""
    result = Properties(packet)
    for name, value in values.items():
        setattr(result, name, value)
    return result


def plain(values):
    """paho's properties as a dictionary; empty for MQTT 3.1.1."""
    if values is None:
        return {}
    return {
        name: value
        for name, value in vars(values).items()
        if name not in ("packetType", "types", "names", "properties")
    }


class Message:
    """A message as it arrived."""

    def __init__(self, message):
        self.topic = message.topic
        self.payload = bytes(message.payload)
        self.qos = message.qos
        self.retain = bool(message.retain)
        self.dup = bool(message.dup)
        self.mid = message.mid
        self.properties = plain(getattr(message, "properties", None))
        self.at = time.monotonic()

    @property
    def text(self):
        return self.payload.decode()

    def __repr__(self):
        return (
            f"{self.topic}={self.payload[:40]!r} qos={self.qos} retain={self.retain} dup={self.dup} {self.properties}"
        )


class Peer:
    """A client; `connect` before all else. It never connects again by itself."""

    def __init__(
        self, server, client_id, version, clean=True, will=None, manual_ack=False, keep_alive=60, user=None, **connect
    ):
        arguments = {
            "protocol": VERSIONS[version],
            "client_id": client_id,
            "reconnect_on_failure": False,
            "manual_ack": manual_ack,
        }
        if version == "3.1.1":
            arguments["clean_session"] = clean
        self.server, self.version, self.clean, self.keep_alive, self.connect_properties = (
            server,
            version,
            clean,
            keep_alive,
            connect,
        )
        self.messages = queue.Queue()
        self.connack = self.disconnected = None
        self.granted, self.removed, self.acknowledged = {}, {}, {}
        self.answered = threading.Condition()
        self.client = client = paho.Client(CallbackAPIVersion.VERSION2, **arguments)
        name, password = user or (server["user"], server["password"])
        client.username_pw_set(name, password)
        if "tls_authority" in server:
            client.tls_set(ca_certs=server["tls_authority"])
        if will:
            client.will_set(
                will["topic"],
                will["payload"],
                will.get("qos", 0),
                will.get("retain", False),
                properties(PacketTypes.WILLMESSAGE, will.get("properties", {})) if version == "5" else None,
            )
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = lambda client, context, message: self.messages.put(Message(message))
        client.on_subscribe = lambda client, context, mid, codes, values: self._note(
            self.granted, mid, [code.value for code in codes]
        )
        client.on_unsubscribe = lambda client, context, mid, codes, values: self._note(
            self.removed, mid, [code.value for code in codes]
        )
        client.on_publish = lambda client, context, mid, code, values: self._note(self.acknowledged, mid, code.value)

    def connect(self, expect=0):
        """CONNECT until CONNACK; its code must be `expect`. Gives CONNACK's properties."""
        self.connack = self.disconnected = None
        values = {}
        if self.version == "5":
            values = {"clean_start": self.clean, "properties": properties(PacketTypes.CONNECT, self.connect_properties)}
        self.client.connect(self.server["host"], self.server["port"], self.keep_alive, **values)
        self.client.loop_start()
        self._wait("CONNACK", lambda: self.connack or self.disconnected)
        if self.connack is None:
            raise Failure(f"closed without CONNACK: {self.disconnected}")
        code = self.connack[0]
        if code != expect:
            raise Failure(f"CONNACK 0x{code:02x}, expected 0x{expect:02x}")
        return self.connack[2]

    @property
    def session_present(self):
        return self.connack[1]

    def subscribe(self, topic, qos=2, identifier=None, **options):
        """SUBSCRIBE until SUBACK. `topic` may be a list. Gives the code, or the list of codes."""
        topics = [topic] if isinstance(topic, str) else topic
        if self.version == "5":
            requests = [(each, SubscribeOptions(qos=qos, **options)) for each in topics]
            values = properties(PacketTypes.SUBSCRIBE, {"SubscriptionIdentifier": identifier}) if identifier else None
            result, mid = self.client.subscribe(requests, properties=values)
        else:
            result, mid = self.client.subscribe([(each, qos) for each in topics])
        codes = self._answer("SUBACK", self.granted, mid, result)
        return codes[0] if isinstance(topic, str) else codes

    def unsubscribe(self, topic):
        """UNSUBSCRIBE until UNSUBACK; the list of codes, empty with MQTT 3.1.1."""
        result, mid = self.client.unsubscribe(topic)
        return self._answer("UNSUBACK", self.removed, mid, result)

    def send(self, topic, payload, qos=1, retain=False, **values):
        """PUBLISH without waiting; gives the packet identifier."""
        with_properties = properties(PacketTypes.PUBLISH, values) if self.version == "5" else None
        info = self.client.publish(topic, payload, qos, retain, properties=with_properties)
        if info.rc != 0:
            raise Failure(f"publish to {topic}: {paho.error_string(info.rc)}")
        return info.mid

    def publish(self, topic, payload, qos=1, retain=False, **values):
        """PUBLISH until the last acknowledgement; gives its reason code."""
        return self.settle(self.send(topic, payload, qos, retain, **values))

    def settle(self, mid):
        """Waits for the last acknowledgement of a packet identifier; gives its reason code."""
        return self._answer("the acknowledgement", self.acknowledged, mid, 0)

    def receive(self, within=WAIT_SECONDS):
        """The next message."""
        try:
            return self.messages.get(timeout=within)
        except queue.Empty:
            raise Failure(f"waited {within} s for a message; disconnected: {self.disconnected}") from None

    def receive_until(self, last, within=WAIT_SECONDS):
        """Messages up to one with the payload `last`, without it: what was published before it has then arrived."""
        deadline = time.monotonic() + within
        messages = []
        while True:
            try:
                message = self.messages.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(
                    f"waited {within} s for {last!r}, got {messages}; disconnected: {self.disconnected}"
                ) from None
            if message.text == last:
                return messages
            messages.append(message)

    def round_trip(self):
        """Waits for an answer to something harmless: what came before it is acknowledged then."""
        self.unsubscribe("t/nothing")

    def drop(self):
        """Closes the socket without DISCONNECT, as a lost line does."""
        stream = self.client.socket()
        if stream is not None:
            stream.shutdown(2)
        self._wait("the end of the connection", lambda: self.disconnected)
        self.client.loop_stop()

    def closed(self, within=WAIT_SECONDS):
        """Waits until the server has closed; gives DISCONNECT's reason code, or paho's own code when there was none."""
        self._wait("the server's close", lambda: self.disconnected, within)
        self.client.loop_stop()
        return self.disconnected[0]

    def disconnect(self, reason=0, **values):
        """DISCONNECT."""
        if self.version == "5":
            code = ReasonCode(PacketTypes.DISCONNECT, identifier=reason)
            self.client.disconnect(code, properties(PacketTypes.DISCONNECT, values))
        else:
            self.client.disconnect()
        self._wait("the end of the connection", lambda: self.disconnected)
        self.client.loop_stop()

    def finish(self):
        """Ends whatever is left."""
        if self.client.is_connected():
            self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client, context, flags, code, values):
        with self.answered:
            self.connack = (code.value, flags.session_present, plain(values))
            self.answered.notify_all()

    def _on_disconnect(self, client, context, flags, code, values):
        with self.answered:
            # paho calls twice when the server says DISCONNECT and then closes: the first call has the reason.
            self.disconnected = self.disconnected or (
                code.value,
                bool(flags.is_disconnect_packet_from_server),
                plain(values),
            )
            self.answered.notify_all()

    def _note(self, answers, mid, value):
        with self.answered:
            answers[mid] = value
            self.answered.notify_all()

    def _answer(self, what, answers, mid, result):
        if result != 0:
            raise Failure(f"{what}: {paho.error_string(result)}")
        self._wait(what, lambda: mid in answers or self.disconnected)
        with self.answered:
            if mid not in answers:
                raise Failure(f"closed before {what}: {self.disconnected}")
            return answers.pop(mid)

    def _wait(self, what, is_so, within=WAIT_SECONDS):
        with self.answered:
            if not self.answered.wait_for(is_so, within):
                raise Failure(f"waited {within} s for {what}")
