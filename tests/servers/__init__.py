# SPDX-License-Identifier: MIT
"""Private servers on loopback, the real ones, started and stopped by the tests: MySQL 9.7, MariaDB 10.11, Kafka 4.4,
Kafka Connect 4.3 with Debezium 3.6."""

from tests.servers.connect import ConnectServer
from tests.servers.kafka import KafkaServer
from tests.servers.mariadb import MariaDbServer
from tests.servers.mysql import MySqlServer
from tests.servers.server_process import ServerError
from tests.servers.source_server import SourceServer

KINDS = {"mariadb": MariaDbServer, "mysql": MySqlServer}  # of sources

__all__ = ["KINDS", "ConnectServer", "KafkaServer", "MariaDbServer", "MySqlServer", "ServerError", "SourceServer"]
