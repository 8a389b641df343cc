# SPDX-License-Identifier: MIT
"""MariaDB as the distribution has it."""

import os
import subprocess

from tests.servers.server_process import ServerError
from tests.servers.source_server import SourceServer


class MariaDbServer(SourceServer):
    kind = "mariadb"
    foreset_privileges = "SELECT, RELOAD, LOCK TABLES, SHOW VIEW, REPLICATION SLAVE, BINLOG MONITOR, SLAVE MONITOR"

    def Program(self):
        return ["/usr/sbin/mariadbd", "--no-defaults"]

    def Initialise(self):
        user = ["--user=root"] if os.geteuid() == 0 else []
        command = ["mariadb-install-db", "--no-defaults", *user, f"--datadir={self.data}", f"--tmpdir={self.directory}"]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=32M"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")

    def DefaultOptions(self):
        return {
            "server_id": 77,
            "log_bin": self.data / "binlog",
            "gtid_strict_mode": "ON",
            "innodb_log_file_size": "32M",
            "innodb_buffer_pool_size": "128M",
        }

    def TakeIdentity(self):
        self.options["server_id"] = int(self.options.get("server_id", 77)) + 1

    def BinlogCommand(self, file):
        return ["mariadb-binlog", "--no-defaults"]
