"""Topic administration."""

from kafka_peers import Out
from kafka_statements import statement


@statement
def unknown_topic(scene):
    """It is an error, and asking does not make it."""
    name = scene.unique("nowhere")
    fault = scene.refused("producing to an unknown topic", lambda: scene.peer.produce(name, [Out(b"x")]))
    scene.equal("the topic is there afterwards", name in scene.admin.topics(), False)
    return str(fault)


@statement
def topic_lifecycle(scene):
    name = scene.unique("made")
    config = {"retention.ms": "86400000", "retention.bytes": "1073741824", "segment.bytes": "16777216"}
    scene.peer.create_topic(name, 3, config)
    scene.equal("partitions", scene.peer.topics()[name], 3)
    found = scene.peer.describe_topic(name)
    scene.equal("configuration", {key: found.get(key) for key in config}, config)
    scene.equal("cleanup policy", found.get("cleanup.policy"), "delete")
    scene.equal("clock", found.get("message.timestamp.type"), "LogAppendTime")
    scene.equal("largest batch", found.get("max.message.bytes"), "1048588")
    scene.refused("the same name again", lambda: scene.peer.create_topic(name, 3), 36)
    scene.peer.produce(name, [Out(b"x")])
    scene.peer.delete_topic(name)
    scene.equal("the topic is listed", name in scene.peer.topics(), False)
    scene.refused("deleting it again", lambda: scene.peer.delete_topic(name), 3)
    scene.peer.create_topic(name, 1)
    scene.equal("the new one is empty", scene.peer.end_offsets(name), {0: 0})


@statement
def refused_topics(scene):
    cases = [
        ("33 partitions", {"partitions": 33}, 37),
        ("three replicas", {"replication": 3}, 38),
        ("an unknown configuration", {"config": {"compression.type": "gzip"}}, 40),
        ("a value that is no number", {"config": {"retention.ms": "soon"}}, 40),
        ("compaction", {"config": {"cleanup.policy": "compact"}}, 40),
    ]
    for what, options, code in cases:
        name = scene.unique("refused")
        scene.refused(what, lambda name=name, options=options: scene.peer.create_topic(name, **options), code)
        scene.equal(f"{what}: the topic is there", name in scene.peer.topics(), False)
    scene.refused("a name with a space", lambda: scene.peer.create_topic("no name"), 17)
    scene.refused("a name of 250 characters", lambda: scene.peer.create_topic("a" * 250), 17)
    scene.peer.create_topic("a" * 200 + scene.unique("long"), 1)


@statement
def system_topics(scene):
    """The gateway's own topics are neither deleted nor written."""
    scene.refused("deleting telemetry", lambda: scene.peer.delete_topic("telemetry"))
    scene.refused("producing to lifecycle", lambda: scene.peer.produce("lifecycle", [Out(b"x")]), 29)
    scene.refused("making _offsets2", lambda: scene.peer.create_topic("_offsets2", 1))
    scene.peer.produce("telemetry", [Out(b'{"by":"kafka"}', key=b"kafka-device")])
