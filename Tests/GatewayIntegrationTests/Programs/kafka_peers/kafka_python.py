"""kafka-python."""

import logging

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition, errors
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from kafka_peers import WAIT_SECONDS, Fault, Record, bootstrap, credentials

logging.getLogger("kafka").setLevel(logging.CRITICAL)


def fault(error):
    """One of the package's errors as a Fault."""
    code = getattr(error, "errno", None)
    return Fault(-1 if code is None else code, f"{type(error).__name__}: {error}")


def ask(call, *arguments, **options):
    """A call whose errors become Faults."""
    try:
        return call(*arguments, **options)
    except KafkaError as error:
        raise fault(error)


class Peer:
    def __init__(self, server, user=None, password=None, secure=False):
        self.settings = {"bootstrap_servers": bootstrap(server, secure), "bootstrap_timeout_ms": WAIT_SECONDS * 1000}
        user, password = credentials(server, user, password)
        if user is not None:
            self.settings |= {
                "security_protocol": "SASL_SSL" if secure else "SASL_PLAINTEXT",
                "sasl_mechanism": server.get("mechanism", "PLAIN"),
                "sasl_plain_username": user,
                "sasl_plain_password": password,
            }
        if secure:
            self.settings["ssl_cafile"] = server["tls"]["authority"]
        self.own_admin = None

    @property
    def admin(self):
        if self.own_admin is None:
            self.own_admin = ask(KafkaAdminClient, **self.settings)
        return self.own_admin

    def close(self):
        if self.own_admin is not None:
            self.own_admin.close()
            self.own_admin = None

    def login(self):
        return self.topics()

    def topics(self):
        described = ask(self.admin.describe_topics)
        return {topic["name"]: len(topic["partitions"]) for topic in described}

    def create_topic(self, name, partitions=4, config=None, replication=1):
        options = {"num_partitions": partitions, "replication_factor": replication, "configs": config or {}}
        ask(self.admin.create_topics, {name: options}, timeout_ms=WAIT_SECONDS * 1000)

    def delete_topic(self, name):
        ask(self.admin.delete_topics, [name], timeout_ms=WAIT_SECONDS * 1000)

    def describe_topic(self, name):
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        answer = ask(self.admin.describe_configs, [resource], config_filter="all")
        found = answer[ConfigResourceType.TOPIC.name.lower()] if isinstance(answer, dict) else answer
        return {key: entry["value"] for key, entry in found[name].items()}

    def groups(self):
        return {group["group_id"] for group in ask(self.admin.list_groups)}

    def describe_group(self, name):
        described = ask(self.admin.describe_groups, [name])[name]
        return described["group_state"], len(described["members"])

    def delete_group(self, name):
        answer = ask(self.admin.delete_groups, [name])[name]
        if answer != "OK":
            raise Fault(getattr(errors, answer).errno, answer)

    def group_offsets(self, name):
        found = ask(self.admin.list_group_offsets, {name: None})[name]
        return {(place.topic, place.partition): value.offset for place, value in found.items()}

    def produce(self, topic, records, compression=None, idempotent=False, acks=-1, together=True):
        producer = ask(
            KafkaProducer,
            **self.settings,
            acks="all" if acks == -1 else acks,
            enable_idempotence=idempotent,
            compression_type=compression,
            linger_ms=100 if together else 0,
            batch_size=1_000_000 if together else 16_384,
            max_request_size=4_000_000,
            max_block_ms=5_000,
            delivery_timeout_ms=WAIT_SECONDS * 1000,
            request_timeout_ms=WAIT_SECONDS * 1000 - 1_000,
        )
        try:
            futures = [
                ask(
                    producer.send,
                    topic,
                    value=record.value,
                    key=record.key,
                    headers=record.headers,
                    partition=record.partition,
                    timestamp_ms=record.timestamp,
                )
                for record in records
            ]
            ask(producer.flush, WAIT_SECONDS)
            sent = [ask(future.get, WAIT_SECONDS) for future in futures]
            return [(metadata.partition, metadata.offset) for metadata in sent]
        finally:
            producer.close(timeout=1)

    def consumer(self, topic, group=None, start="earliest", partitions=None, instance=None, wait=500):
        """Reads a topic; `wait`: ms that the server may wait for something to send."""
        return Consumer(self, topic, group, start, partitions, instance, wait)

    def offsets_for_time(self, topic, milliseconds):
        reader = ask(KafkaConsumer, **self.settings)
        try:
            asked = {TopicPartition(topic, number): milliseconds for number in range(self.topics()[topic])}
            found = ask(reader.offsets_for_times, asked)
            return {place.partition: -1 if value is None else value.offset for place, value in found.items()}
        finally:
            reader.close()

    def end_offsets(self, topic):
        reader = ask(KafkaConsumer, **self.settings)
        try:
            places = [TopicPartition(topic, number) for number in range(self.topics()[topic])]
            return {place.partition: offset for place, offset in ask(reader.end_offsets, places).items()}
        finally:
            reader.close()


class Consumer:
    def __init__(self, peer, topic, group, start, partitions, instance, wait):
        self.topic = topic
        self.client = ask(
            KafkaConsumer,
            **peer.settings,
            group_id=group,
            group_instance_id=instance,
            auto_offset_reset=start,
            enable_auto_commit=False,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=300,
            fetch_max_wait_ms=wait,
        )
        if group:
            self.client.subscribe([topic])
        else:
            numbers = range(peer.topics()[topic]) if partitions is None else partitions
            places = [TopicPartition(topic, number) for number in numbers]
            self.client.assign(places)
            if start == "latest":
                self.client.seek_to_end(*places)
                for place in places:
                    self.client.position(place)

    def poll(self, seconds=0.2, count=500):
        found = ask(self.client.poll, timeout_ms=int(seconds * 1000), max_records=count)
        return [
            Record(
                record.partition,
                record.offset,
                record.key,
                record.value,
                list(record.headers),
                record.timestamp,
                "create" if record.timestamp_type == 0 else "append",
            )
            for records in found.values()
            for record in records
        ]

    def assignment(self):
        return {place.partition for place in self.client.assignment()}

    def seek(self, partition, offset):
        self.client.seek(TopicPartition(self.topic, partition), offset)

    def commit(self, offsets):
        places = {
            TopicPartition(self.topic, number): OffsetAndMetadata(offset, "", -1) for number, offset in offsets.items()
        }
        ask(self.client.commit, places)

    def committed(self, partitions):
        found = {number: ask(self.client.committed, TopicPartition(self.topic, number)) for number in partitions}
        return {number: -1001 if offset is None else offset for number, offset in found.items()}

    def close(self):
        self.client.close(autocommit=False)
