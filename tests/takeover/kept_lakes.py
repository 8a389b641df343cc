# SPDX-License-Identifier: MIT
"""Lakes that earlier programs made, each with the log of its server, as they are kept in `kept/`.

    python -m tests.takeover.kept_lakes NAME    keeps a lake that the program of build/release (or FORESET_BIN) makes,
                                                of a server of each kind, as kept/NAME-<kind>.tar.gz

One is made with the last program before the form of what is stored changes, and stays.
"""

import io
import pathlib
import sys
import tarfile
import tempfile

from tests.harness.program import Foreset
from tests.servers import KINDS

KEPT = pathlib.Path(__file__).with_name("kept")
DATABASE = "kept"
CONFIGURATION = {
    "silver": {"clean": {"Items": {"Name": "trim(Name)"}}, "expect": {"Items": {"Price >= 0": "quarantine"}}},
    "gold": {"dimensions": {"DimItem": {"from": "Items", "history": "DimItemPast",
                                        "columns": {"ItemId": "Id", "ItemName": "Name"}}}},
}
# What stood before the first run, what came between it and the second, and what comes after the lake was taken over. The
# second run ends in the middle of what the tables have: a stopped one, one that was dropped, one with late columns.
FIRST = """
    CREATE TABLE Items (Id INT PRIMARY KEY, Name VARCHAR(40), Price DECIMAL(10,2), Made DATETIME(3), Note JSON);
    INSERT INTO Items VALUES (1, ' one ', 1.50, '2026-01-02 03:04:05.678', '{"a": [1, 2]}'), (2, 'two', -2, NULL, NULL),
        (3, 'three', 3, '1000-01-01 00:00:00', '3');
    CREATE TABLE Sales (Shop INT, Number BIGINT UNSIGNED, Total DOUBLE, Raw VARBINARY(20), PRIMARY KEY (Shop, Number));
    INSERT INTO Sales VALUES (1, 18446744073709551615, 0.1, x'00FF'), (1, 2, NULL, ''), (2, 1, -7.5, NULL);
    CREATE TABLE Loose (A INT, B VARCHAR(9));
    INSERT INTO Loose VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
    CREATE TABLE Gone (Id INT PRIMARY KEY);
    INSERT INTO Gone VALUES (1);
    CREATE TABLE Odd (Id INT PRIMARY KEY, V INT);
    INSERT INTO Odd VALUES (1, 1);
"""
SECOND = """
    UPDATE Items SET Price = 2.50 WHERE Id = 1;
    ALTER TABLE Items ADD COLUMN Stock INT NOT NULL DEFAULT 7 AFTER Name;
    INSERT INTO Items VALUES (4, 'four', 1, 4, NULL, NULL);
    DELETE FROM Items WHERE Id = 3;
    ALTER TABLE Items MODIFY Stock BIGINT NOT NULL DEFAULT 7;
    UPDATE Sales SET Number = 3 WHERE Shop = 1 AND Number = 2;
    DELETE FROM Loose WHERE A = 1 LIMIT 1;
    DROP TABLE Gone;
    ALTER TABLE Odd MODIFY V VARCHAR(5);
    INSERT INTO Odd VALUES (2, 'b');
"""
THIRD = """
    UPDATE Items SET Stock = 5000000000, Name = 'eins' WHERE Id = 1;
    UPDATE Items SET Price = -1 WHERE Id = 4;
    INSERT INTO Items VALUES (3, 'anew', 1, 3, NULL, NULL);
    ALTER TABLE Items DROP COLUMN Made;
    DELETE FROM Items WHERE Id = 2;
    INSERT INTO Sales VALUES (3, 1, 1, NULL);
    INSERT INTO Loose VALUES (1, 'x'), (2, 'y');
    CREATE TABLE Fresh (Id INT PRIMARY KEY);
    INSERT INTO Fresh VALUES (9);
"""


def Names():
    return sorted(path.name.removesuffix(".tar.gz") for path in KEPT.glob("*.tar.gz"))


def KindOf(name):
    return name.rsplit("-", 1)[1]


def Keep(name, kind):
    with tempfile.TemporaryDirectory() as folder:
        server = KINDS[kind]().start()
        try:
            server.sql(f"CREATE DATABASE {DATABASE}")
            server.sql(FIRST, database=DATABASE)
            foreset = Foreset(pathlib.Path(folder) / "run", server, DATABASE, CONFIGURATION)
            foreset.Run()
            server.sql(SECOND, database=DATABASE)
            foreset.Run(exits=1)  # a table stopped
            server.stop()
            with tarfile.open(KEPT / f"{name}-{kind}.tar.gz", "w:gz") as archive:
                archive.add(foreset.lake, "lake", filter=WithoutOwner)
                for path in sorted(server.data.glob("binlog.*")) + sorted(server.data.glob("auto.cnf")):
                    archive.add(path, f"log/{path.name}", filter=WithoutOwner)
        finally:
            server.discard()


def WithoutOwner(entry):
    if entry.name.endswith(".lock"):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def TakeOut(name, folder):
    """`folder`/lake, and `folder`/log with what the server had written."""
    with tarfile.open(fileobj=io.BytesIO((KEPT / f"{name}.tar.gz").read_bytes())) as archive:
        archive.extractall(folder)


def StartWithLog(kind, log):
    """A server that is the one whose log it is: it has its identity, and has written it. Its tables are empty."""
    server = KINDS[kind]()
    server.Initialise()
    for path in server.data.glob("binlog.*"):
        path.unlink()
    for path in log.iterdir():
        (server.data / path.name).write_bytes(path.read_bytes())
    index = server.data / "binlog.index"
    names = [line.rsplit("/", 1)[-1] for line in index.read_text().split()]
    begin = "./" if kind == "mysql" else f"{server.data}/"
    index.write_text("".join(f"{begin}{name}\n" for name in names))
    return server.start()


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for one in KINDS:
        Keep(sys.argv[1], one)
