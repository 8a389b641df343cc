# SPDX-License-Identifier: MIT
"""A server whose defaults for sessions are all odd: what is read of it is right all the same.

Every variable that has a global and a session value is set, globally, to another value than it has, as far as the server
lets it; then tables of every kind are copied, followed and verified. One run has them all odd at once; when it fails, halves
of them are tried until one or few are left, and named.
"""

import pytest

from tests.harness.program import CommandFailed, Foreset
from tests.harness.readers import DeltaLakeReader
from tests.servers import KINDS

# What decides how the server writes its binlog: doctor asks for it, and no reader can choose it.
BINLOG = ("binlog", "gtid", "server_id", "sql_log", "log_bin", "sync_", "encrypt")
# Values that are odd, by name: what a limit or a mode would do at its worst.
WORST = {
    "sql_select_limit": "3", "max_join_size": "10", "sql_big_selects": "0", "sql_safe_updates": "1", "sql_auto_is_null": "1",
    "max_sort_length": "8", "time_zone": "'+05:30'", "completion_type": "'RELEASE'", "wait_timeout": "2",
    "interactive_timeout": "2", "net_write_timeout": "2", "net_read_timeout": "2", "max_execution_time": "1",
    "max_statement_time": "0.02", "idle_transaction_timeout": "1", "idle_readonly_transaction_timeout": "1",
    "idle_write_transaction_timeout": "1", "group_concat_max_len": "4", "lock_wait_timeout": "1",
    "innodb_lock_wait_timeout": "1", "default_week_format": "3", "lc_time_names": "'de_DE'", "lc_messages": "'de_DE'",
    "div_precision_increment": "0", "system_versioning_asof": "'2020-01-01 00:00:00'", "autocommit": "0",
    "transaction_isolation": "'READ-UNCOMMITTED'", "tx_isolation": "'READ-UNCOMMITTED'",
    "transaction_read_only": "1", "tx_read_only": "1", "character_set_results": "'latin1'",
    "character_set_client": "'latin1'", "character_set_connection": "'latin1'", "collation_connection": "'latin1_bin'",
    "character_set_server": "'latin1'", "collation_server": "'latin1_bin'", "sql_quote_show_create": "0",
    "information_schema_stats_expiry": "0", "max_length_for_sort_data": "4", "sort_buffer_size": "32768",
    "net_buffer_length": "1024", "join_buffer_size": "128", "tmp_table_size": "1024", "max_heap_table_size": "16384",
}
MODES = ("ANSI,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH,"
         "TIME_TRUNCATE_FRACTIONAL,NO_DIR_IN_CREATE")
# They keep the server, or the user of the test, from working at all.
LEAVE = ("max_session_mem_used", "max_user_connections", "thread_stack", "default_storage_engine", "default_tmp_storage_engine",
         "sql_mode", "pseudo", "max_allowed_packet", "storage_engine", "enforce_storage_engine", "init_connect",
         "sql_require_primary_key", "sql_generate_invisible_primary_key")

TABLES = """
CREATE TABLE keyed (id INT PRIMARY KEY, name VARCHAR(40), at TIMESTAMP(6) NULL, d DATETIME(3), price DECIMAL(12,4), f FLOAT,
  g DOUBLE, c CHAR(10), b BIT(9), y YEAR, e ENUM('a','b'), s SET('x','y'), t TIME(2), j JSON, raw BLOB, u BIGINT UNSIGNED);
CREATE TABLE bare (n INT, note VARCHAR(40));
CREATE TABLE by_text (k VARBINARY(200) PRIMARY KEY, v INT);
CREATE TABLE `od``d "name"` (`a b` INT PRIMARY KEY, `c"d` VARCHAR(9));
"""
GIPK = "SET sql_generate_invisible_primary_key = 1; CREATE TABLE hidden (v INT); SET sql_generate_invisible_primary_key = 0;"
ROW = ("({0}, 'näme {0}', '2026-03-29 01:30:00.123456', '2026-03-29 02:30:00.123', {0}.5, 1.17, 1e300, 'pad', b'101010101',"
       " 2026, 'b', 'x,y', '-12:34:56.78', '{{\"k\": [1, 2.5, \"ü\"]}}', x'00ff80', 18446744073709551615)")


def Odd(name, value):
    """A value that the variable does not have, as SQL; None where none is known."""
    if name in WORST:
        return WORST[name]
    if value in ("ON", "OFF"):
        return "0" if value == "ON" else "1"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return "1" if number != 1 else "2"


def OddDefaults(server):
    """Name → (odd value, as it was), of all variables of sessions that take one."""
    settable = {}
    for name, value in server.query("SHOW GLOBAL VARIABLES"):
        odd = Odd(name, value)
        if odd is None or name.startswith(BINLOG + LEAVE):
            continue
        was = f"'{value}'" if not value.replace(".", "", 1).isdigit() else value
        try:
            server.query(f"SELECT @@SESSION.{name}")
            server.sql(f"SET GLOBAL {name} = {odd}; SET GLOBAL {name} = {was}")
        except Exception:  # of the server alone, read only, or without this value
            continue
        settable[name] = (odd, was)
    return settable


def Fill(server, first):
    rows = range(first, first + 60)
    values = ",".join(ROW.format(n) for n in rows)
    server.sql(
        f"INSERT INTO keyed VALUES {values}; INSERT INTO bare VALUES " + ",".join(f"({n % 7}, 'row {n}')" for n in rows)
        + "; INSERT INTO by_text VALUES " + ",".join(f"(CONCAT(REPEAT('k', 100), {n}), {n})" for n in rows)
        + "; INSERT INTO `od``d \"name\"` VALUES " + ",".join(f"({n}, 'x')" for n in rows)
        + f"; UPDATE bare SET note = 'changed' WHERE n = {first % 5}; DELETE FROM bare WHERE n = 6", database="odd")


def Try(server, directory, changes):
    """Copies and follows with these defaults; what went wrong, or nothing."""
    server.sql("DROP DATABASE IF EXISTS odd; CREATE DATABASE odd CHARACTER SET utf8mb4; USE odd;" + TABLES)
    if server.kind == "mysql":
        server.sql(GIPK + "INSERT INTO hidden VALUES (1), (2)", database="odd")
    Fill(server, 1)
    set_all = "; ".join(f"SET GLOBAL {name} = {odd}" for name, (odd, _) in changes.items())
    reset = "; ".join(f"SET GLOBAL {name} = {was}" for name, (_, was) in changes.items())
    foreset = Foreset(directory, server, "odd")
    try:
        server.sql(set_all)
        foreset.Run()
        verified = foreset.Verify()
        server.sql(reset)
        Fill(server, 1001)
        if server.kind == "mysql":
            server.sql("INSERT INTO hidden VALUES (3)", database="odd")
        server.sql(set_all)
        foreset.Run()
        foreset.Verify()
    except CommandFailed as failed:
        return str(failed)
    finally:
        server.sql(reset)
    return Compare(server, foreset) or ("" if "equal" in verified.out else str(verified))


def Compare(server, foreset):
    """`verify` reads as the copy does, so the counts come from a session of the test's own."""
    reader = DeltaLakeReader()
    for (table,) in server.query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'odd'"):
        quoted = "`" + table.replace("`", "``") + "`"
        rows = server.query(f"SELECT COUNT(*) FROM odd.{quoted}")[0][0]
        place = foreset.lake / "silver" / table
        if place.exists() and len(reader.Read(place).rows) != rows:
            return f"{table} has {rows} rows, the lake {len(reader.Read(place).rows)}"
    return ""


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.timeout(600)
def test_what_is_read_owes_nothing_to_the_servers_defaults(kind, tmp_path):
    server = KINDS[kind]().start()
    try:
        changes = OddDefaults(server)
        for name in ("sql_select_limit", "max_join_size", "wait_timeout", "time_zone", "completion_type"):
            assert name in changes, f"{name} is not tried"
        changes["sql_mode"] = (f"'{MODES}'" if kind == "mysql" else "'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
                               "DEFAULT")
        said = Try(server, tmp_path / "all", changes)
        if said:
            pytest.fail(f"{len(changes)} odd defaults: {Culprits(server, tmp_path, changes)}\n{said}")
    finally:
        server.discard()


def Culprits(server, tmp_path, changes):
    """The defaults that spoil it, by halving."""
    names = list(changes)
    while len(names) > 1:
        half = names[:len(names) // 2]
        at = tmp_path / f"of{len(names)}"
        names = half if Try(server, at, {name: changes[name] for name in half}) else names[len(half):]
    return {name: changes[name][0] for name in names}
