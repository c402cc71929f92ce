"""Writes wire.json and refusals.json: requests and answers as kafka-python encodes them, which follows Kafka's own schemas.

    python3 -m venv venv && venv/bin/pip install kafka-python==3.0.12 && venv/bin/python make-wire.py

What each field holds stands here and, for Swift, in Support/WireSample*.swift; only the layout comes from kafka-python.
"""

import importlib
import json
import os

MODULES = [importlib.import_module("kafka.protocol." + name) for name in "producer consumer metadata admin sasl".split()]

# First and last version that is read and written.
VERSIONS = {
    "Produce": (0, 8), "Fetch": (4, 11), "ListOffsets": (1, 5), "Metadata": (0, 8), "OffsetCommit": (2, 7),
    "OffsetFetch": (1, 5), "FindCoordinator": (0, 2), "JoinGroup": (0, 5), "Heartbeat": (0, 3), "LeaveGroup": (0, 3),
    "SyncGroup": (0, 3), "DescribeGroups": (0, 4), "ListGroups": (0, 2), "SaslHandshake": (0, 1), "ApiVersions": (0, 3),
    "CreateTopics": (2, 4), "DeleteTopics": (1, 3), "InitProducerId": (0, 1), "DescribeConfigs": (1, 3),
    "SaslAuthenticate": (0, 1), "CreatePartitions": (0, 1), "DeleteGroups": (0, 1),
}
ADVERTISED = [
    (0, 0, 8), (1, 4, 11), (2, 1, 5), (3, 0, 8), (8, 2, 7), (9, 1, 5), (10, 0, 2), (11, 0, 5), (12, 0, 3), (13, 0, 3),
    (14, 0, 3), (15, 0, 4), (16, 0, 2), (17, 0, 1), (18, 0, 3), (19, 2, 4), (20, 1, 3), (22, 0, 1), (32, 1, 3),
    (36, 0, 1), (37, 0, 1), (42, 0, 1),
]
TABLE = [dict(api_key=key, min_version=least, max_version=most) for key, least, most in ADVERTISED]

REQUESTS = {
    "Produce": dict(transactional_id=None, acks=-1, timeout_ms=30000, topic_data=[
        dict(name="tel", partition_data=[dict(index=1, records=b"batch"), dict(index=2, records=None)]),
        dict(name="é", partition_data=[])]),
    "Fetch": dict(replica_id=-1, max_wait_ms=500, min_bytes=1, max_bytes=52428800, isolation_level=1, session_id=7,
        session_epoch=3, topics=[dict(topic="tel", partitions=[
            dict(partition=2, current_leader_epoch=4, fetch_offset=4711, log_start_offset=-1,
                partition_max_bytes=1048576)])],
        forgotten_topics_data=[dict(topic="old", partitions=[0, 5])], rack_id="r1"),
    "ListOffsets": dict(replica_id=-1, isolation_level=1, topics=[dict(name="tel", partitions=[
        dict(partition_index=0, current_leader_epoch=4, timestamp=-2),
        dict(partition_index=1, current_leader_epoch=-1, timestamp=1795000000000)])]),
    "Metadata": dict(topics=[dict(name="tel"), dict(name="x")], allow_auto_topic_creation=False,
        include_cluster_authorized_operations=True, include_topic_authorized_operations=False),
    "OffsetCommit": dict(group_id="g", generation_id_or_member_epoch=3, member_id="m-1", group_instance_id="i",
        retention_time_ms=86400000, topics=[dict(name="tel", partitions=[
            dict(partition_index=1, committed_offset=4712, committed_leader_epoch=0, committed_metadata="note"),
            dict(partition_index=2, committed_offset=0, committed_leader_epoch=-1, committed_metadata=None)])]),
    "OffsetFetch": dict(group_id="g", topics=[dict(name="tel", partition_indexes=[0, 3])]),
    "FindCoordinator": dict(key="g", key_type=1),
    "JoinGroup": dict(group_id="g", session_timeout_ms=45000, rebalance_timeout_ms=300000, member_id="m-1",
        group_instance_id="i", protocol_type="consumer",
        protocols=[dict(name="range", metadata=b"\0\1"), dict(name="roundrobin", metadata=b"")]),
    "Heartbeat": dict(group_id="g", generation_id=3, member_id="m-1", group_instance_id=None),
    "LeaveGroup": dict(group_id="g", member_id="m-1", members=[
        dict(member_id="m-1", group_instance_id=None), dict(member_id="", group_instance_id="i")]),
    "SyncGroup": dict(group_id="g", generation_id=3, member_id="m-1", group_instance_id="i",
        assignments=[dict(member_id="m-1", assignment=b"\0\2")]),
    "DescribeGroups": dict(groups=["g", "h"], include_authorized_operations=True),
    "ListGroups": dict(),
    "SaslHandshake": dict(mechanism="PLAIN"),
    "ApiVersions": dict(client_software_name="kafka-python", client_software_version="3.0.12"),
    "CreateTopics": dict(topics=[dict(name="tel", num_partitions=4, replication_factor=1,
        assignments=[dict(partition_index=0, broker_ids=[1])],
        configs=[dict(name="retention.ms", value="60000"), dict(name="x", value=None)])],
        timeout_ms=30000, validate_only=True),
    "DeleteTopics": dict(topic_names=["tel", "x"], timeout_ms=30000),
    "InitProducerId": dict(transactional_id=None, transaction_timeout_ms=60000),
    "DescribeConfigs": dict(resources=[dict(resource_type=2, resource_name="tel", configuration_keys=None),
        dict(resource_type=4, resource_name="1", configuration_keys=["log.dirs"])],
        include_synonyms=True, include_documentation=True),
    "SaslAuthenticate": dict(auth_bytes=b"\0user\0password"),
    "CreatePartitions": dict(topics=[dict(name="tel", count=8, assignments=None),
        dict(name="x", count=2, assignments=[dict(broker_ids=[1])])], timeout_ms=30000, validate_only=False),
    "DeleteGroups": dict(groups_names=["g"]),
}

OPERATIONS_NOT_TOLD = {31}  # as a set of bits: -2147483648
ANSWERS = {
    "Produce": dict(responses=[dict(name="tel", partition_responses=[
        dict(index=1, error_code=0, base_offset=4711, log_append_time_ms=1795000001000, log_start_offset=17,
            record_errors=[], error_message=None),
        dict(index=2, error_code=87, base_offset=-1, log_append_time_ms=-1, log_start_offset=-1, record_errors=[],
            error_message="no records")])], throttle_time_ms=0),
    "Fetch": dict(throttle_time_ms=0, error_code=70, session_id=0, responses=[dict(topic="tel", partitions=[
        dict(partition_index=2, error_code=0, high_watermark=4712, last_stable_offset=4712, log_start_offset=17,
            aborted_transactions=None, preferred_read_replica=-1, records=b"batch"),
        dict(partition_index=3, error_code=1, high_watermark=9, last_stable_offset=9, log_start_offset=4,
            aborted_transactions=None, preferred_read_replica=-1, records=b"")])]),
    "ListOffsets": dict(throttle_time_ms=0, topics=[dict(name="tel", partitions=[
        dict(partition_index=0, error_code=0, timestamp=-1, offset=17, leader_epoch=0),
        dict(partition_index=1, error_code=3, timestamp=-1, offset=-1, leader_epoch=-1)])]),
    "Metadata": dict(throttle_time_ms=0, brokers=[dict(node_id=1, host="127.0.0.1", port=9092, rack=None)],
        cluster_id="weir", controller_id=1, topics=[
            dict(error_code=0, name="tel", is_internal=False, partitions=[
                dict(error_code=0, partition_index=index, leader_id=1, leader_epoch=0, replica_nodes=[1],
                    isr_nodes=[1], offline_replicas=[]) for index in range(2)],
                authorized_operations=OPERATIONS_NOT_TOLD),
            dict(error_code=3, name="x", is_internal=True, partitions=[],
                authorized_operations=OPERATIONS_NOT_TOLD)],
        authorized_operations=OPERATIONS_NOT_TOLD),
    "OffsetCommit": dict(throttle_time_ms=0, topics=[dict(name="tel", partitions=[
        dict(partition_index=1, error_code=0), dict(partition_index=2, error_code=22)])]),
    "OffsetFetch": dict(throttle_time_ms=0, topics=[dict(name="tel", partitions=[
        dict(partition_index=0, committed_offset=4712, committed_leader_epoch=0, metadata="note", error_code=0),
        dict(partition_index=3, committed_offset=-1, committed_leader_epoch=-1, metadata="", error_code=0)])],
        error_code=16),
    "FindCoordinator": dict(throttle_time_ms=0, error_code=0, error_message=None, node_id=1, host="127.0.0.1",
        port=9092),
    "JoinGroup": dict(throttle_time_ms=0, error_code=0, generation_id=3, protocol_name="range", leader="m-1",
        member_id="m-1", members=[dict(member_id="m-1", group_instance_id="i", metadata=b"\0\1"),
            dict(member_id="m-2", group_instance_id=None, metadata=b"")]),
    "Heartbeat": dict(throttle_time_ms=0, error_code=27),
    "LeaveGroup": dict(throttle_time_ms=0, error_code=0, members=[
        dict(member_id="m-1", group_instance_id=None, error_code=0),
        dict(member_id="", group_instance_id="i", error_code=25)]),
    "SyncGroup": dict(throttle_time_ms=0, error_code=0, assignment=b"\0\2"),
    "DescribeGroups": dict(throttle_time_ms=0, groups=[
        dict(error_code=0, group_id="g", group_state="Stable", protocol_type="consumer", protocol_data="range",
            members=[dict(member_id="m-1", group_instance_id="i", client_id="c", client_host="/127.0.0.1",
                member_metadata=b"\0\1", member_assignment=b"\0\2")], authorized_operations=OPERATIONS_NOT_TOLD),
        dict(error_code=30, group_id="h", group_state="", protocol_type="", protocol_data="", members=[],
            authorized_operations=OPERATIONS_NOT_TOLD)]),
    "ListGroups": dict(throttle_time_ms=0, error_code=0, groups=[dict(group_id="g", protocol_type="consumer")]),
    "SaslHandshake": dict(error_code=33, mechanisms=["PLAIN", "SCRAM-SHA-256"]),
    "ApiVersions": dict(error_code=0, api_keys=TABLE, throttle_time_ms=0),
    "CreateTopics": dict(throttle_time_ms=0, topics=[dict(name="tel", error_code=0, error_message=None),
        dict(name="x", error_code=40, error_message="unknown setting")]),
    "DeleteTopics": dict(throttle_time_ms=0, responses=[dict(name="tel", error_code=0), dict(name="x", error_code=3)]),
    "InitProducerId": dict(throttle_time_ms=0, error_code=0, producer_id=4000, producer_epoch=0),
    "DescribeConfigs": dict(throttle_time_ms=0, results=[
        dict(error_code=0, error_message=None, resource_type=2, resource_name="tel", configs=[
            dict(name="retention.ms", value="604800000", read_only=False, config_source=5, is_sensitive=False,
                synonyms=[dict(name="log.retention.ms", value=None, source=4)], config_type=5,
                documentation="how long"),
            dict(name="x", value=None, read_only=True, config_source=1, is_sensitive=False, synonyms=[],
                config_type=0, documentation=None)]),
        dict(error_code=3, error_message="no such topic", resource_type=2, resource_name="y", configs=[])]),
    "SaslAuthenticate": dict(error_code=58, error_message="authentication failed", auth_bytes=b"e=x",
        session_lifetime_ms=3600000),
    "CreatePartitions": dict(throttle_time_ms=0, results=[dict(name="tel", error_code=37, error_message="fixed")]),
    "DeleteGroups": dict(throttle_time_ms=0, results=[dict(group_id="g", error_code=68)]),
}

# Version 0 with error 35 and nothing else to tell.
REFUSALS = {
    "Produce": dict(responses=[]), "Fetch": dict(responses=[]), "ListOffsets": dict(topics=[]),
    "Metadata": dict(brokers=[], topics=[]), "OffsetCommit": dict(topics=[]), "OffsetFetch": dict(topics=[]),
    "FindCoordinator": dict(error_code=35, node_id=-1, host="", port=-1),
    "JoinGroup": dict(error_code=35, generation_id=-1, protocol_name="", leader="", member_id="", members=[]),
    "Heartbeat": dict(error_code=35), "LeaveGroup": dict(error_code=35), "SyncGroup": dict(error_code=35, assignment=b""),
    "DescribeGroups": dict(groups=[]), "ListGroups": dict(error_code=35, groups=[]),
    "SaslHandshake": dict(error_code=35, mechanisms=[]), "ApiVersions": dict(error_code=35, api_keys=TABLE),
    "CreateTopics": dict(topics=[]), "DeleteTopics": dict(responses=[]),
    "InitProducerId": dict(throttle_time_ms=0, error_code=35, producer_id=-1, producer_epoch=-1),
    "DescribeConfigs": dict(throttle_time_ms=0, results=[]),
    "SaslAuthenticate": dict(error_code=35, error_message=None, auth_bytes=b""),
    "CreatePartitions": dict(throttle_time_ms=0, results=[]), "DeleteGroups": dict(throttle_time_ms=0, results=[]),
}


def message(name):
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))


def build(container, fields, version):
    """Makes a message of nested dictionaries; what the version does not have is left out."""
    values = {}
    for field in container._struct._fields:
        if field.name not in fields or not field.for_version_q(version):
            continue
        value = fields[field.name]
        if field.is_struct_array() and value is not None:
            value = [build(getattr(container, field.type_str), element, version) for element in value]
        values[field.name] = value
    return container(version=version, **values)


def encode(name, fields, version):
    return bytes(build(message(name), fields, version).encode(version=version)).hex()


def write(name, cases):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


write("wire.json", [
    dict(api=api, version=version, request=encode(api + "Request", REQUESTS[api], version),
        answer=encode(api + "Response", ANSWERS[api], version))
    for api, (least, most) in VERSIONS.items() for version in range(least, most + 1)
])
write("refusals.json", [dict(api=api, answer=encode(api + "Response", fields, 0)) for api, fields in REFUSALS.items()])
