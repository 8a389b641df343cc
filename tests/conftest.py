# SPDX-License-Identifier: MIT
"""Fixtures of the tests that use the finished program. A test process (an xdist worker) has its own servers and its
own Spark; each is started when it is first asked for."""

import pytest

from tests.harness.readers import DeltaLakeReader, SparkReader
from tests.servers import KINDS, ConnectServer, KafkaServer
from tests.servers.azurite import Azurite


@pytest.fixture(scope="session")
def servers():
    """servers(kind) is the running server of that kind: "mariadb" or "mysql"."""
    running = {}

    def Get(kind):
        if kind not in running:
            running[kind] = KINDS[kind]().start()
        return running[kind]

    yield Get
    for server in running.values():
        server.discard()


@pytest.fixture(params=sorted(KINDS))
def source(request, servers):
    """The running server of each kind, one after the other."""
    return servers(request.param)


@pytest.fixture(scope="session")
def azurite():
    """The running emulator of Azure: an account for everything, and one for each layer."""
    server = Azurite(("onelake", "mybronze", "mysilver", "mygold")).start()
    yield server
    server.discard()


@pytest.fixture(scope="session")
def kafka():
    """The running Kafka. Its topics are shared: a test names its own."""
    server = KafkaServer().start()
    yield server
    server.discard()


@pytest.fixture(scope="session")
def connect(kafka):
    """The running Kafka Connect with Debezium's MySQL connector, on that Kafka."""
    server = ConnectServer(kafka.bootstrap).start()
    yield server
    server.discard()


@pytest.fixture(scope="session")
def spark():
    reader = SparkReader()
    yield reader
    reader.Stop()


@pytest.fixture
def readers(spark):
    """The foreign readers; the first is the quick one."""
    yield [DeltaLakeReader(), spark]
    spark.Forget()
