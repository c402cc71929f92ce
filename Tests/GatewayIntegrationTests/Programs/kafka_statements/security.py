"""Who may do what."""

from kafka_peers import Fault, Out
from kafka_statements import statement

AUTHENTICATION = {"confluent": (-169,), "kafka-python": (58, -1), "aiokafka": (58, -1), "kcat": ()}


@statement
def wrong_password(scene):
    user, password = scene.server["user"], scene.server["password"]
    notes = []
    for name, word in [(user, password[:-4] + "AAA="), ("nobody", password), (user, "x"), ("$ConnectionString", "x")]:
        other = scene.other(user=name, password=word)
        fault = scene.refused(f"{name}, {word[:3]}…", other.login, *AUTHENTICATION[scene.client])
        notes.append(fault.text)
    scene.equal("the right one still works", bool(scene.other(user=user, password=password).login()), True)
    return notes[0][:120]


@statement
def connection_string(scene):
    """As Event Hubs does it: user $ConnectionString, both forms."""
    string, topic = scene.server["connectionString"], scene.topic(partitions=1)
    parts = dict(part.split("=", 1) for part in string.split(";"))
    hubs = (
        f"Endpoint=sb://{parts['HostName']}/;SharedAccessKeyName={parts['SharedAccessKeyName']};"
        f"SharedAccessKey={parts['SharedAccessKey']}"
    )
    for password in (string, hubs):
        other = scene.other(user="$ConnectionString", password=password)
        other.produce(topic, [Out(b"x")])
    limited = scene.other(user="$ConnectionString", password=f"{hubs};EntityPath={topic}")
    limited.produce(topic, [Out(b"y")])
    scene.equal("records", [record.value for record in scene.read_all(topic, 3, by=limited)], [b"x", b"x", b"y"])
    scene.refused("another topic than EntityPath", lambda: limited.produce("telemetry", [Out(b"{}")]))


@statement
def read_only(scene):
    """The policy `service` reads, and neither writes nor administers."""
    topic = scene.topic(partitions=1)
    scene.peer.produce(topic, [Out(b"x")])
    reader = scene.other(**scene.server["reader"])
    scene.equal("it reads", [record.value for record in scene.read_all(topic, 1, by=reader)], [b"x"])
    member = scene.consumer(topic, by=reader, group=scene.unique("reader"))
    scene.equal("it reads as a group", len(scene.read(member, 1)), 1)
    scene.refused("producing", lambda: reader.produce(topic, [Out(b"y")]), 29)
    scene.refused("making a topic", lambda: reader.create_topic(scene.unique("none"), 1))
    scene.refused("deleting a topic", lambda: reader.delete_topic(topic))
    scene.equal("records", sum(scene.peer.end_offsets(topic).values()), 1)


@statement
def hidden_topics(scene):
    for name in ("_offsets", "_mqtt"):
        try:
            consumer = scene.consumer(name, partitions=[0]) if name in scene.peer.topics() else None
        except Fault:
            continue
        scene.equal(f"{name} can be read", consumer, None)
        scene.refused(f"producing to {name}", lambda name=name: scene.peer.produce(name, [Out(b"x")]))


@statement
def encrypted(scene):
    """The listener with TLS; it tells its own address, so that the client stays there."""
    secure = scene.other(secure=True)
    topic = scene.topic(partitions=2)
    secure.produce(topic, [Out(b"%d" % number, key=b"k%d" % number) for number in range(100)])
    read = scene.read_all(topic, 100, by=secure)
    scene.equal("values", sorted(int(record.value) for record in read), list(range(100)))
    member = scene.consumer(topic, by=secure, group=scene.unique("secure"))
    scene.equal("as a group", len(scene.read(member, 100)), 100)
