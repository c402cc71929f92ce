"""confluent-kafka (librdkafka)."""

import time

from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    Consumer as RawConsumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from kafka_peers import WAIT_SECONDS, Failure, Fault, Record, bootstrap, credentials


def fault(error):
    """One of librdkafka's errors as a Fault."""
    error = error.args[0] if isinstance(error, KafkaException) else error
    return Fault(error.code(), f"{error.name()}: {error.str()}")


class Peer:
    def __init__(self, server, user=None, password=None, secure=False):
        self.errors = []
        self.settings = {
            "bootstrap.servers": bootstrap(server, secure),
            "error_cb": self.errors.append,
            "log_level": 2,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 200,
        }
        user, password = credentials(server, user, password)
        if user is not None:
            self.settings |= {
                "security.protocol": "SASL_SSL" if secure else "SASL_PLAINTEXT",
                "sasl.mechanism": server.get("mechanism", "PLAIN"),
                "sasl.username": user,
                "sasl.password": password,
            }
        if secure:
            self.settings["ssl.ca.location"] = server["tls"]["authority"]
        self.own_admin = None

    @property
    def admin(self):
        if self.own_admin is None:
            self.own_admin = AdminClient(self.settings)
        return self.own_admin

    def close(self):
        self.own_admin = None

    def login(self):
        """Metadata, or the reason why there is none."""
        self.errors.clear()
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                return self.admin.list_topics(timeout=1)
            except KafkaException:
                self.admin.poll(0)
                refused = [error for error in self.errors if error.code() == KafkaError._AUTHENTICATION]
                if refused:
                    raise fault(refused[0])
        raise Fault(-185, "timed out")

    def topics(self):
        listed = self.admin.list_topics(timeout=WAIT_SECONDS).topics
        return {name: len(topic.partitions) for name, topic in listed.items()}

    def create_topic(self, name, partitions=4, config=None, replication=1):
        new = NewTopic(name, num_partitions=partitions, replication_factor=replication, config=config or {})
        self._result(self.admin.create_topics([new], request_timeout=WAIT_SECONDS))

    def delete_topic(self, name):
        self._result(self.admin.delete_topics([name], request_timeout=WAIT_SECONDS))

    def describe_topic(self, name):
        """The topic's configuration."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, name)
        entries = self._result(self.admin.describe_configs([resource], request_timeout=WAIT_SECONDS))
        return {key: entry.value for key, entry in entries.items()}

    def groups(self):
        found = self.admin.list_consumer_groups(request_timeout=WAIT_SECONDS).result(WAIT_SECONDS)
        return {group.group_id for group in found.valid}

    def describe_group(self, name):
        """State and number of members."""
        described = self._result(self.admin.describe_consumer_groups([name], request_timeout=WAIT_SECONDS))
        return described.state.name.capitalize(), len(described.members)

    def delete_group(self, name):
        self._result(self.admin.delete_consumer_groups([name], request_timeout=WAIT_SECONDS))

    def group_offsets(self, name):
        """What the group has committed, by (topic, partition)."""
        asked = [ConsumerGroupTopicPartitions(name)]
        found = self._result(self.admin.list_consumer_group_offsets(asked, request_timeout=WAIT_SECONDS))
        return {(place.topic, place.partition): place.offset for place in found.topic_partitions}

    @staticmethod
    def _result(futures):
        try:
            return next(iter(futures.values())).result(WAIT_SECONDS)
        except KafkaException as error:
            raise fault(error)

    def produce(self, topic, records, compression=None, idempotent=False, acks=-1, together=True):
        """Produces the records in order; gives their (partition, offset)."""
        settings = self.settings | {
            "acks": acks,
            "enable.idempotence": idempotent,
            "linger.ms": 100 if together else 0,
            "partitioner": "murmur2_random",
            "message.max.bytes": 4_000_000,
            "message.timeout.ms": WAIT_SECONDS * 1000,
            "topic.metadata.propagation.max.ms": 1000,
        }
        if compression:
            settings["compression.type"] = compression
        producer = Producer(settings)
        places = [None] * len(records)

        def delivered(number):
            def callback(error, message):
                places[number] = error or (message.partition(), message.offset())

            return callback

        for number, record in enumerate(records):
            options = {}
            if record.partition is not None:
                options["partition"] = record.partition
            if record.timestamp is not None:
                options["timestamp"] = record.timestamp
            try:
                producer.produce(
                    topic,
                    value=record.value,
                    key=record.key,
                    headers=record.headers,
                    on_delivery=delivered(number),
                    **options,
                )
            except KafkaException as error:
                raise fault(error)
            if number % 1000 == 999:
                producer.poll(0)
        if producer.flush(WAIT_SECONDS):
            raise Failure("produce: not all were answered")
        for place in places:
            if isinstance(place, KafkaError):
                raise fault(place)
        return places

    def consumer(self, topic, group=None, start="earliest", partitions=None, instance=None, wait=500):
        """Reads a topic; `wait`: ms that the server may wait for something to send."""
        return Consumer(self, topic, group, start, partitions, instance, wait)

    def offsets_for_time(self, topic, milliseconds):
        """Per partition the offset; -1 for none."""
        reader = RawConsumer(self.settings | {"group.id": "unused"})
        try:
            asked = [TopicPartition(topic, number, milliseconds) for number in range(self.topics()[topic])]
            found = reader.offsets_for_times(asked, timeout=WAIT_SECONDS)
            return {place.partition: place.offset for place in found}
        finally:
            reader.close()

    def end_offsets(self, topic):
        reader = RawConsumer(self.settings | {"group.id": "unused"})
        try:
            return {
                number: reader.get_watermark_offsets(TopicPartition(topic, number), timeout=WAIT_SECONDS)[1]
                for number in range(self.topics()[topic])
            }
        finally:
            reader.close()


class Consumer:
    """Reads a topic: as a member of a group, or without one the partitions that are named (default all)."""

    def __init__(self, peer, topic, group, start, partitions, instance, wait):
        self.topic = topic
        settings = peer.settings | {
            "group.id": group or "none",
            "auto.offset.reset": start,
            "enable.auto.commit": False,
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 300,
            "fetch.wait.max.ms": wait,
        }
        if instance:
            settings["group.instance.id"] = instance
        self.client = RawConsumer(settings)
        if group:
            self.client.subscribe([topic])
        else:
            numbers = range(peer.topics()[topic]) if partitions is None else partitions
            begin = {"earliest": -2, "latest": -1}[start]
            self.client.assign([TopicPartition(topic, number, begin) for number in numbers])

    def poll(self, seconds=0.2, count=500):
        records = []
        message = self.client.poll(seconds)
        while message is not None:
            if message.error():
                raise fault(message.error())
            kind, stamp = message.timestamp()
            records.append(
                Record(
                    message.partition(),
                    message.offset(),
                    message.key(),
                    message.value(),
                    message.headers() or [],
                    stamp,
                    "create" if kind == TIMESTAMP_CREATE_TIME else "append",
                )
            )
            message = self.client.poll(0) if len(records) < count else None
        return records

    def assignment(self):
        return {place.partition for place in self.client.assignment()}

    def seek(self, partition, offset):
        self.client.seek(TopicPartition(self.topic, partition, offset))

    def commit(self, offsets):
        """Commits next offsets by partition."""
        places = [TopicPartition(self.topic, number, offset) for number, offset in offsets.items()]
        for place in self.client.commit(offsets=places, asynchronous=False):
            if place.error:
                raise fault(place.error)

    def committed(self, partitions):
        places = [TopicPartition(self.topic, number) for number in partitions]
        return {place.partition: place.offset for place in self.client.committed(places, timeout=WAIT_SECONDS)}

    def close(self):
        self.client.close()
