# SPDX-License-Identifier: MIT
"""Records the binlogs beside this file, and what the server itself shows for the rows at the end.

    python src/foreset/capture/mysql/testdata/record.py [mysql|mariadb] …

NAME.sql runs on a fresh server; NAME.binlog is its binlog; NAME.rows has one value a line: table, id, column, value,
with tabs between. NULL is \\N, binary values are hex.
"""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[4]))

from tests.servers.mariadb import MariaDbServer  # noqa: E402
from tests.servers.mysql import MySqlServer  # noqa: E402

SERVERS = {"mysql": MySqlServer, "mariadb": MariaDbServer}
BINARY = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry", "point", "vector", "bit"}


def Sql(server, text):
    command = ["mariadb", "--no-defaults", "-uroot", f"-p{server.root_password}", "-S", str(server.socket), "-N", "-B"]
    command += ["--raw", "--default-character-set=utf8mb4"]
    prefix = "SET time_zone='+00:00';"
    done = subprocess.run(command, input=prefix + text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def Expression(column, kind, precision):
    if kind == "bit" and precision == "1":
        return f"`{column}`+0"
    return f"HEX(CAST(`{column}` AS BINARY))" if kind in BINARY else f"CAST(`{column}` AS CHAR)"


def Rows(server):
    columns = "SELECT column_name, data_type, numeric_precision FROM information_schema.columns WHERE table_schema='ty'"
    for (table,) in Sql(server, "SELECT table_name FROM information_schema.tables WHERE table_schema='ty' ORDER BY 1"):
        for column, kind, precision in Sql(server, f"{columns} AND table_name='{table}' ORDER BY ordinal_position"):
            value = f"IFNULL({Expression(column, kind, precision)}, '\\\\N')"
            for key, text in Sql(server, f"SELECT id, {value} FROM ty.{table} ORDER BY id"):
                yield f"{table}\t{key}\t{column}\t{text}\n"


def Record(name):
    with SERVERS[name](binlog_row_metadata="FULL") as server:
        Sql(server, "CREATE DATABASE ty; FLUSH LOGS;")
        files = {path.name for path in pathlib.Path(server.data).glob("binlog.0*")}
        file = sorted(files)[-1]
        Sql(server, "USE ty;\n" + (HERE / f"{name}.sql").read_text() + "\nFLUSH LOGS;")
        shutil.copy(pathlib.Path(server.data) / file, HERE / f"{name}.binlog")
        (HERE / f"{name}.rows").write_text("".join(Rows(server)))


if __name__ == "__main__":
    for server_name in sys.argv[1:] or SERVERS:
        Record(server_name)
