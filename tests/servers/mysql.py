# SPDX-License-Identifier: MIT
"""MySQL 9.7 from the directory that scripts/setup unpacked.

Its programs want a newer libc than the system's. They are started by the loader of their own directory with their own
libraries, so neither chroot nor root is needed.
"""

import os
import subprocess

from tests.servers.server_process import CACHE, ServerError
from tests.servers.source_server import SourceServer

ROOT = CACHE / "mysql-9.7"


def Command(program):
    libraries = ROOT / "usr" / "lib" / "x86_64-linux-gnu"
    return [str(libraries / "ld-linux-x86-64.so.2"), "--library-path", f"{libraries}:{ROOT}/usr/lib/mysql/private",
            str(ROOT / "usr" / program)]


class MySqlServer(SourceServer):
    kind = "mysql"
    foreset_privileges = "SELECT, RELOAD, LOCK TABLES, SHOW VIEW, REPLICATION SLAVE, REPLICATION CLIENT, XA_RECOVER_ADMIN"

    @staticmethod
    def available():
        return (ROOT / "usr" / "sbin" / "mysqld").exists()

    def Program(self):
        if not self.available():
            raise ServerError(f"there is no MySQL in {ROOT}: run `scripts/setup test`")
        share = ROOT / "usr" / "share" / "mysql"
        return [
            *Command("sbin/mysqld"),
            "--no-defaults",
            f"--basedir={ROOT}/usr",
            f"--lc-messages-dir={share}",
            f"--character-sets-dir={share}/charsets",
            f"--plugin-dir={ROOT}/usr/lib/mysql/plugin",
        ]

    def Initialise(self):
        user = ["--user=root"] if os.geteuid() == 0 else []
        command = [*self.Program(), *user, "--initialize-insecure", f"--datadir={self.data}"]
        command += ["--innodb-redo-log-capacity=32M", "--secure-file-priv=NULL"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"mysqld --initialize-insecure failed:\n{done.stdout}{done.stderr}")

    def DefaultOptions(self):
        return {
            "server_id": 223344,
            "log_bin": "binlog",
            "gtid_mode": "ON",
            "enforce_gtid_consistency": "ON",
            "mysqlx": "OFF",
            "performance_schema": "OFF",
            "secure_file_priv": "NULL",
            "innodb_redo_log_capacity": "32M",
            "innodb_buffer_pool_size": "128M",
        }

    def TakeIdentity(self):
        (self.data / "auto.cnf").unlink()  # the server then makes a new server_uuid

    def BinlogCommand(self, file):
        share = ROOT / "usr" / "share" / "mysql"
        return [*Command("bin/mysqlbinlog"), "--no-defaults", f"--character-sets-dir={share}/charsets"]
