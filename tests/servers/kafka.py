# SPDX-License-Identifier: MIT
"""Kafka 4.4 in KRaft mode: one process that is broker and controller."""

import base64
import uuid

from tests.servers.jvm_server import JvmServer
from tests.servers.server_process import FreePort


class KafkaServer(JvmServer):
    """`advertised` is a port of 127.0.0.1 that stands before this broker (a proxy): clients that come to
    `proxied_port` are sent there for everything that follows. Clients of `bootstrap` reach the broker itself."""

    kind = "kafka"
    jars = "kafka"
    main = "kafka.Kafka"

    def __init__(self, data=None, keep=False, port=0, advertised=None, **options):
        super().__init__(data, keep, **options)
        self.port = int(port)
        self.controller_port = 0
        self.proxied_port = 0
        self.advertised = advertised
        self.fixed_port = self.port != 0

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    def ChoosePorts(self):
        self.port = self.port or FreePort()
        self.controller_port = self.controller_port or FreePort()
        if self.advertised:
            self.proxied_port = self.proxied_port or FreePort()

    def ForgetPorts(self):
        self.controller_port = self.proxied_port = 0
        if not self.fixed_port:
            self.port = 0

    def Prepare(self):
        super().Prepare()
        data = self.directory / "data"
        if data.exists():
            return
        # What StorageTool writes, without a second start of Java.
        data.mkdir()
        identity = {"version": 1, "cluster.id": NewId(), "node.id": 1, "directory.id": NewId()}
        (data / "meta.properties").write_text("".join(f"{name}={value}\n" for name, value in identity.items()))

    def Properties(self):
        listeners = {"PLAINTEXT": (self.port, self.port)}
        if self.advertised:
            listeners["PROXIED"] = (self.proxied_port, self.advertised)
        own = [f"{name}://127.0.0.1:{port}" for name, (port, _) in listeners.items()]
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": ",".join([*own, f"CONTROLLER://127.0.0.1:{self.controller_port}"]),
            "advertised.listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, (_, port) in listeners.items()),
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": self.directory / "data",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "log.segment.delete.delay.ms": 1000,
            "broker.session.timeout.ms": 2000,  # so long a restarted broker waits for itself
            "broker.heartbeat.interval.ms": 200,
        }

    def AcceptsConnections(self):
        from confluent_kafka import KafkaException

        try:
            return bool(self.admin().list_topics(timeout=1).brokers)
        except KafkaException:
            return False

    # Clients.

    def admin(self):
        from confluent_kafka.admin import AdminClient

        return AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})

    def create_topic(self, name, partitions=1, **config):
        from confluent_kafka.admin import NewTopic

        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=settings)
        admin = self.admin()  # it must live until the answer is there
        admin.create_topics([topic])[name].result(30)

    def add_partitions(self, name, count):
        """Lets the topic have so many."""
        from confluent_kafka.admin import NewPartitions

        admin = self.admin()
        admin.create_partitions([NewPartitions(name, count)])[name].result(30)

    def delete_topic(self, name):
        admin = self.admin()
        admin.delete_topics([name])[name].result(30)

    def topics(self):
        return sorted(name for name in self.admin().list_topics(timeout=10).topics if not name.startswith("__"))

    def produce(self, topic, records, **config):
        """Writes (key, value) or (key, value, partition) records, None being Kafka's null; returns when all are in."""
        from confluent_kafka import Producer

        producer = Producer({"bootstrap.servers": self.bootstrap, "linger.ms": 5, **config})
        failures = []

        def Delivered(error, _):
            if error is not None:
                failures.append(error)

        for key, value, *partition in records:
            where = {"partition": partition[0]} if partition else {}
            producer.produce(topic, key=key, value=value, on_delivery=Delivered, **where)
            producer.poll(0)
        producer.flush(60)
        assert not failures and len(producer) == 0, f"{topic}: {failures or 'not all records were taken'}"

    def records(self, *topics):
        """Every record that the topics hold and that is committed, partition by partition, as confluent-kafka's
        messages."""
        from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

        consumer = Consumer({
            "bootstrap.servers": self.bootstrap, "group.id": f"records-{uuid.uuid4()}", "enable.auto.commit": False,
            "isolation.level": "read_committed", "enable.partition.eof": True})
        try:
            known = self.admin().list_topics(timeout=10).topics
            waiting = {(topic, partition) for topic in topics for partition in known[topic].partitions}
            consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in waiting])
            found = []
            while waiting:
                message = consumer.poll(10)
                assert message is not None, f"no end of {waiting}"
                if message.error() is None:
                    found.append(message)
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    waiting.discard((message.topic(), message.partition()))
                else:
                    raise AssertionError(message.error())
        finally:
            consumer.close()
        return sorted(found, key=lambda record: (record.topic(), record.partition(), record.offset()))


def NewId():
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
