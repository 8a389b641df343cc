# SPDX-License-Identifier: MIT
"""Which codes stop a table, and how each is walked: error, advice, recovered. To walk a code that is new, add a `Walk`; a
code of these areas that stops no table belongs into NO_STOP, with the reason."""

import dataclasses
import json
import pathlib
import re
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = ROOT / "src" / "foreset" / "base"

# Codes of these areas stop a table, unless they stand in NO_STOP.
AREAS = ("51", "52", "53")
# Codes of other areas that stop one.
ALSO = ("E2119", "E2204", "E2205", "E2207", "E3004", "E3009", "E4001", "E5001", "E9001")
NO_STOP = {
    "E5103": "the pipeline tries again by itself",
    "E5107": "the configuration is refused before the run",
    "E5151": "the run is refused before it begins: the layer's format was changed",
    "E5152": "a command that reads says it",
    "E5306": "a warning: the table goes on",
    "E5309": "the run is refused before it begins: a later program wrote the lake",
}
# Walked elsewhere: by unit tests, where no server can bring them about at will.
ELSEWHERE = {
    "E3004": "tests/faults/test_files_that_fail.py: root may read everything",
    "E9001": "table_lives_test.cc: AChangeWithoutASchemaIsABrokenPromiseOfThatTable",
    "E5101": "layer_check_test.cc and table_folder_test.cc: another's table in its place",
    "E5104": "table_lives_test.cc: AResetOfBronzeCopiesAStoppedTableAnew",
    "E5301": "layer_check_test.cc",
    "E5302": "layer_check_test.cc",
    "E5304": "layer_check_test.cc",
    "E5307": "table_folder_test.cc",
    "E5308": "tests/ways/test_ways_back.py: test_two_databases_with_one_folder",
    "E5108": "tests/ways/test_topics.py: a keyless table whose topic has several partitions",
}


def Codes():
    """Every code that stops a table, by the catalogues."""
    text = "".join(file.read_text() for file in (BASE / "error_catalog.inc", *sorted((BASE / "errors").glob("*.inc"))))
    numbers = re.findall(r"FORESET_ERROR\(\s*(\d{4}),", text)
    return {f"E{number}" for number in numbers if number.startswith(AREAS)} - set(NO_STOP) | set(ALSO)


@dataclasses.dataclass(frozen=True)
class Walk:
    """How a table comes to stop with `code`, and which reset is the way back. `table` names it in the lake."""
    code: str
    table: str
    create: str  # columns
    rows: str  # VALUES of the first rows
    breaks: str = ""  # SQL on the source; {t} is the table
    damage: object = None  # or what is done to the lake, given its folder and the table
    layer: str = "bronze"  # the layer that stops, from where it is reset
    after: str = "INSERT INTO {t} (id) VALUES (99)"  # a change that comes when it has stopped
    only: str = ""  # the server
    mends: str = ""  # SQL without which the way back leads into the same stop


def ForeignChange(lake, table):
    """A commit of another program that says it changed data."""
    log = lake / table / "_delta_log"
    version = max(int(path.stem) for path in log.glob("*.json")) + 1
    action = {"remove": {"path": "foreign.parquet", "deletionTimestamp": 1, "dataChange": True}}
    (log / f"{version:020}.json").write_text(json.dumps(action) + "\n")


def ForeignColumn(lake, table):
    """A commit of another program that adds a column."""
    log = lake / table / "_delta_log"
    versions = sorted(log.glob("*.json"))
    metadata = next(action["metaData"] for path in reversed(versions) for line in path.read_text().splitlines()
                    if "metaData" in (action := json.loads(line)))
    schema = json.loads(metadata["schemaString"])
    schema["fields"].append({"name": "extra", "type": "string", "nullable": True, "metadata": {}})
    action = {"metaData": {**metadata, "schemaString": json.dumps(schema)}}
    (log / f"{int(versions[-1].stem) + 1:020}.json").write_text(json.dumps(action) + "\n")


def Damage(lake, table):
    """The table's log loses what Foreset keeps in it."""
    log = lake / table / "_delta_log"
    for path in log.iterdir():
        if path.suffix != ".json":
            path.unlink()
            continue
        lines = [line for line in path.read_text().splitlines() if "foreset.progress" not in line]
        path.write_text("\n".join(lines) + "\n")


def Garble(lake, table):
    """The newest commit is no longer what was written."""
    newest = max((lake / table / "_delta_log").glob("*.json"))
    newest.write_text(newest.read_text()[:40])


def Flip(lake, table):
    """Each of the table's files has another byte in the middle of its pages."""
    for path in (lake / table).glob("**/*.parquet"):
        if "_delta_log" in path.parts:
            continue
        content = bytearray(path.read_bytes())
        content[12] ^= 0xFF
        path.write_bytes(content)


WALKS = (
    Walk("E5105", "retyped", "id INT PRIMARY KEY, v VARCHAR(9)", "(1, '1')",
         "ALTER TABLE {t} MODIFY v INT"),
    Walk("E5201", "zero_dated", "id INT, d DATE NOT NULL, PRIMARY KEY (id, d)", "(1, '2026-01-01')",
         "SET SESSION sql_mode = ''; INSERT INTO {t} VALUES (2, '0000-00-00')",
         after="INSERT INTO {t} VALUES (99, '2026-01-02')", mends="DELETE FROM {t} WHERE id = 2"),
    Walk("E5202", "large_row", "id INT PRIMARY KEY, a LONGBLOB, b LONGBLOB", "(1, 'a', 'b')",
         "INSERT INTO {t} VALUES (2, REPEAT('x', 9000000), REPEAT('y', 9000000))",
         mends="DELETE FROM {t} WHERE id = 2"),
    Walk("E5303", "without_bronze", "id INT PRIMARY KEY, v INT", "(1, 1)",
         damage=lambda lake, table: shutil.rmtree(lake / "bronze" / table)),
    Walk("E5305", "other_columns", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="silver",
         damage=lambda lake, table: ForeignColumn(lake, f"silver/{table}")),
    Walk("E5105", "rekeyed", "id INT PRIMARY KEY, v INT NOT NULL", "(1, 1)",
         "ALTER TABLE {t} DROP PRIMARY KEY, ADD PRIMARY KEY (v, id)",
         after="INSERT INTO {t} (id, v) VALUES (99, 99)"),
    Walk("E2207", "partial", "id INT PRIMARY KEY, v INT, w INT", "(1, 1, 1)",
         "SET SESSION binlog_row_image = MINIMAL; UPDATE {t} SET v = 2 WHERE id = 1; SET SESSION binlog_row_image = FULL"),
    Walk("E2204", "by_statement", "id INT PRIMARY KEY, v INT", "(1, 1)",
         "SET SESSION binlog_format = STATEMENT; UPDATE {t} SET v = 3 WHERE id = 1; SET SESSION binlog_format = ROW"),
    Walk("E2119", "not_transactional", "id INT PRIMARY KEY, v INT", "(1, 1)",
         "CREATE TABLE {t}_new (id INT PRIMARY KEY, v INT) ENGINE = MyISAM; INSERT INTO {t}_new VALUES (1, 2); "
         "RENAME TABLE {t} TO {t}_old, {t}_new TO {t}; DROP TABLE {t}_old", mends="ALTER TABLE {t} ENGINE = InnoDB"),
    Walk("E5106", "reserved_name", "id INT PRIMARY KEY, v INT", "(1, 1)",
         "CREATE TABLE {t}_new (id INT PRIMARY KEY, _seq INT); INSERT INTO {t}_new VALUES (1, 2); "
         "RENAME TABLE {t} TO {t}_old, {t}_new TO {t}; DROP TABLE {t}_old", mends="ALTER TABLE {t} RENAME COLUMN _seq TO v"),
    Walk("E2205", "unlogged", "id INT PRIMARY KEY, v INT", "(1, 1)",
         "SET SESSION sql_log_bin = 0; ALTER TABLE {t} ADD COLUMN w INT; SET SESSION sql_log_bin = 1; "
         "INSERT INTO {t} (id) VALUES (98)"),
    Walk("E5102", "foreign_bronze", "id INT PRIMARY KEY, v INT", "(1, 1)",
         damage=lambda lake, table: ForeignChange(lake, f"bronze/{table}")),
    Walk("E5102", "foreign_silver", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="silver",
         damage=lambda lake, table: ForeignChange(lake, f"silver/{table}")),
    Walk("E5001", "damaged_bronze", "id INT PRIMARY KEY, v INT", "(1, 1)",
         damage=lambda lake, table: Damage(lake, f"bronze/{table}")),
    Walk("E4001", "garbled_bronze", "id INT PRIMARY KEY, v INT", "(1, 1)",
         damage=lambda lake, table: Garble(lake, f"bronze/{table}")),
    Walk("E4001", "garbled_silver", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="silver",
         damage=lambda lake, table: Garble(lake, f"silver/{table}")),
    Walk("E3009", "flipped_silver", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="silver",
         damage=lambda lake, table: Flip(lake, f"silver/{table}")),
    Walk("E3009", "flipped_gold", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="gold",
         damage=lambda lake, table: Flip(lake, f"gold/{table}_current")),
    Walk("E5001", "damaged_gold", "id INT PRIMARY KEY, v INT", "(1, 1)", layer="gold",
         damage=lambda lake, table: Damage(lake, f"gold/{table}_current")),
)
