# SPDX-License-Identifier: MIT
"""Private database servers on loopback: real MySQL 9.7 and MariaDB 10.11, started and stopped by the tests."""

from tests.servers.mariadb import MariaDbServer
from tests.servers.mysql import MySqlServer
from tests.servers.source_server import ServerError, SourceServer

KINDS = {"mariadb": MariaDbServer, "mysql": MySqlServer}

__all__ = ["KINDS", "MariaDbServer", "MySqlServer", "ServerError", "SourceServer"]
