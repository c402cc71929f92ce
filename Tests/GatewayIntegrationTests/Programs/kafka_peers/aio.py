"""aiokafka: its event loop runs on a thread of its own."""

import asyncio
import logging
import threading

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code
from aiokafka.helpers import create_ssl_context

from kafka_peers import WAIT_SECONDS, Fault, Record, bootstrap, credentials

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def fault(error):
    code = getattr(error, "errno", None)
    return Fault(-1 if code is None else code, f"{type(error).__name__}: {error}")


def check(code):
    """Raises the error of a broker's code, which the package's admin client hands on."""
    if code:
        raise Fault(code, for_code(code).__name__)


class Peer:
    def __init__(self, server, user=None, password=None, secure=False):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.settings = {"bootstrap_servers": bootstrap(server, secure)}
        user, password = credentials(server, user, password)
        if user is not None:
            self.settings |= {
                "security_protocol": "SASL_SSL" if secure else "SASL_PLAINTEXT",
                "sasl_mechanism": server.get("mechanism", "PLAIN"),
                "sasl_plain_username": user,
                "sasl_plain_password": password,
            }
        if secure:
            self.settings["ssl_context"] = create_ssl_context(cafile=server["tls"]["authority"])
        self.own_admin = None

    def run(self, coroutine):
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(2 * WAIT_SECONDS)
        except KafkaError as error:
            raise fault(error)

    @property
    def admin(self):
        if self.own_admin is None:

            async def start():
                admin = AIOKafkaAdminClient(**self.settings, request_timeout_ms=WAIT_SECONDS * 1000)
                try:
                    await admin.start()
                except BaseException:
                    await admin.close()
                    raise
                return admin

            self.own_admin = self.run(start())
        return self.own_admin

    def close(self):
        if self.own_admin is not None:
            self.run(self.own_admin.close())
            self.own_admin = None
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(WAIT_SECONDS)

    def login(self):
        return self.topics()

    def topics(self):
        described = self.run(self.admin.describe_topics())
        return {topic["topic"]: len(topic["partitions"]) for topic in described}

    def create_topic(self, name, partitions=4, config=None, replication=1):
        new = NewTopic(name, partitions, replication, topic_configs=config or {})
        for _, code, *_ in self.run(self.admin.create_topics([new])).topic_errors:
            check(code)

    def delete_topic(self, name):
        for _, code in self.run(self.admin.delete_topics([name])).topic_error_codes:
            check(code)

    def describe_topic(self, name):
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        values = {}
        for answer in self.run(self.admin.describe_configs([resource])):
            for code, _, _, _, entries in answer.resources:
                check(code)
                values |= {entry[0]: entry[1] for entry in entries}
        return values

    def groups(self):
        return {name for name, _ in self.run(self.admin.list_consumer_groups())}

    def describe_group(self, name):
        answer = self.run(self.admin.describe_consumer_groups([name]))[0]
        code, _, state, _, _, members = answer.groups[0][:6]
        check(code)
        return state, len(members)

    def group_offsets(self, name):
        found = self.run(self.admin.list_consumer_group_offsets(name))
        return {(place.topic, place.partition): value.offset for place, value in found.items()}

    def delete_group(self, name):
        raise NotImplementedError("aiokafka has no delete_group")

    def produce(self, topic, records, compression=None, idempotent=False, acks=-1, together=True):
        return self.run(self._produce(topic, records, compression, idempotent, acks, together))

    async def _produce(self, topic, records, compression, idempotent, acks, together):
        producer = AIOKafkaProducer(
            **self.settings,
            acks="all" if acks == -1 else acks,
            enable_idempotence=idempotent,
            compression_type=compression,
            linger_ms=100 if together else 0,
            max_batch_size=4_000_000 if together else 16_384,
            max_request_size=4_000_000,
            request_timeout_ms=WAIT_SECONDS * 1000,
        )
        try:
            await producer.start()
            futures = [
                await producer.send(
                    topic,
                    value=record.value,
                    key=record.key,
                    headers=record.headers,
                    partition=record.partition,
                    timestamp_ms=record.timestamp,
                )
                for record in records
            ]
            done = [await asyncio.wait_for(future, WAIT_SECONDS) for future in futures]
            return [(metadata.partition, metadata.offset) if metadata else None for metadata in done]
        finally:
            await producer.stop()

    def consumer(self, topic, group=None, start="earliest", partitions=None, instance=None, wait=500):
        """Reads a topic; `wait`: ms that the server may wait for something to send."""
        return Consumer(self, topic, group, start, partitions, instance, wait)

    async def _with_reader(self, call):
        reader = AIOKafkaConsumer(**self.settings)
        try:
            await reader.start()
            return await call(reader)
        finally:
            await reader.stop()

    def offsets_for_time(self, topic, milliseconds):
        asked = {TopicPartition(topic, number): milliseconds for number in range(self.topics()[topic])}
        found = self.run(self._with_reader(lambda reader: reader.offsets_for_times(asked)))
        return {place.partition: -1 if value is None else value.offset for place, value in found.items()}

    def end_offsets(self, topic):
        places = [TopicPartition(topic, number) for number in range(self.topics()[topic])]
        found = self.run(self._with_reader(lambda reader: reader.end_offsets(places)))
        return {place.partition: offset for place, offset in found.items()}


class Consumer:
    def __init__(self, peer, topic, group, start, partitions, instance, wait):
        self.peer, self.topic = peer, topic
        numbers = []
        if not group:
            numbers = range(peer.topics()[topic]) if partitions is None else partitions

        async def begin():
            client = AIOKafkaConsumer(
                **peer.settings,
                group_id=group,
                group_instance_id=instance,
                auto_offset_reset=start,
                enable_auto_commit=False,
                session_timeout_ms=10_000,
                heartbeat_interval_ms=300,
                fetch_max_wait_ms=wait,
            )
            try:
                if group:
                    client.subscribe([topic])
                else:
                    client.assign([TopicPartition(topic, number) for number in numbers])
                await client.start()
                if not group and start == "latest":
                    for number in numbers:
                        await client.position(TopicPartition(topic, number))
            except BaseException:
                await client.stop()
                raise
            return client

        self.client = peer.run(begin())

    def poll(self, seconds=0.2, count=500):
        found = self.peer.run(self.client.getmany(timeout_ms=int(seconds * 1000), max_records=count))
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
        places = {TopicPartition(self.topic, number): offset for number, offset in offsets.items()}
        self.peer.run(self.client.commit(places))

    def committed(self, partitions):
        async def ask():
            return {number: await self.client.committed(TopicPartition(self.topic, number)) for number in partitions}

        return {number: -1001 if offset is None else offset for number, offset in self.peer.run(ask()).items()}

    def close(self):
        self.peer.run(self.client.stop())
