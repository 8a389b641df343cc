# SPDX-License-Identifier: MIT
"""Statements on tables that have rows: what the pipeline either follows to the very value, or stops at.

A case is one table: how it begins, one statement of the stream, what may come behind it. The named cases are forms in
which the server does not do what the text seems to say; the generated ones draw types, values, defaults and sql_modes
at random, the same ones at each run unless FORESET_SEED says otherwise; FORESET_FORMS says how many.
"""

import dataclasses
import itertools
import random

STRICT = "STRICT_TRANS_TABLES"
BOTH = ("mysql", "mariadb")


@dataclasses.dataclass
class Case:
    about: str
    create: str  # the columns and options behind CREATE TABLE t
    rows: str  # VALUES
    statement: str  # of t
    mode: str = STRICT  # sql_mode of the statement's session
    session: str = ""  # SET …
    after: str = ""  # later statements, in a session of their own
    servers: tuple = BOTH
    follows: bool = False  # it must not stop


def Added(kind, default, session="", mode=STRICT, after="", **more):
    """A column that is added with a default to a table with rows."""
    statement = f"ALTER TABLE t ADD COLUMN x {kind} {default}"
    about = f"{kind} {default} {session} {after}".strip()
    return Case(about, "(id INT PRIMARY KEY)", "(1),(2)", statement, mode, session, after, **more)


def Retyped(old, values, new, mode=STRICT, session="", **more):
    """A column whose type changes over the values."""
    rows = ",".join(f"({i},{value})" for i, value in enumerate(values, 1))
    return Case(f"{old} -> {new} [{mode}] {session}", f"(id INT PRIMARY KEY, v {old})", rows,
                f"ALTER TABLE t MODIFY v {new}", mode, session, **more)


# Forms of defaults whose value is certain from the text alone.
PLAIN_DEFAULTS = [
    ("INT", "DEFAULT 5"), ("INT", "DEFAULT -5"), ("INT", "DEFAULT '7'"), ("INT", "NOT NULL"), ("INT", "DEFAULT NULL"),
    ("BIGINT UNSIGNED", "DEFAULT 18446744073709551615"), ("BIGINT", "DEFAULT -9223372036854775808"),
    ("TINYINT", "DEFAULT 127"), ("BOOL", "DEFAULT TRUE"), ("BOOL", "DEFAULT FALSE NOT NULL"), ("INT(5) ZEROFILL", "DEFAULT 7"),
    ("DECIMAL(65,30)", "DEFAULT 1.5"), ("DECIMAL(8,2)", "DEFAULT '12'"), ("DECIMAL(8,2)", "NOT NULL"),
    ("DECIMAL(38,10)", "DEFAULT -0.5"), ("FLOAT", "DEFAULT 0.1"), ("DOUBLE", "DEFAULT -1.25"), ("DOUBLE", "NOT NULL"),
    ("FLOAT", "DEFAULT '3.5'"), ("VARCHAR(20)", "DEFAULT 'abc'"), ("VARCHAR(20)", "DEFAULT 'it''s'"),
    ("VARCHAR(20)", "DEFAULT ''"), ("VARCHAR(20)", "DEFAULT 'a b '"), ("VARCHAR(20)", "DEFAULT _utf8mb4'x'"),
    ("VARCHAR(20)", "DEFAULT 5"), ("VARCHAR(20)", "NOT NULL"), ("VARCHAR(20)", "DEFAULT ('abc')"), ("INT", "DEFAULT (5)"),
    ("CHAR(5)", "DEFAULT 'abc'"), ("CHAR(5)", "NOT NULL"), ("CHAR(20) CHARACTER SET latin1", "DEFAULT 'x@y'"),
    ("VARCHAR(20) CHARACTER SET ucs2", "DEFAULT 'abc'"), ("TEXT", "NOT NULL"), ("TEXT", "DEFAULT ('abc')"),
    ("VARBINARY(9)", "DEFAULT x'00FF'"), ("BINARY(4)", "DEFAULT 'a'"), ("BINARY(4)", "NOT NULL"), ("BLOB", "NOT NULL"),
    ("BIT(8)", "DEFAULT b'101'"), ("BIT(8)", "DEFAULT b'00110000'"), ("BIT(1)", "DEFAULT 1"), ("BIT(64)", "DEFAULT b'1'"),
    ("BIT(8)", "DEFAULT 49"), ("BIT(9)", "NOT NULL"), ("YEAR", "DEFAULT '2026'"), ("YEAR", "DEFAULT 1999"),
    ("YEAR", "NOT NULL"),
    ("DATE", "DEFAULT '2026-01-31'"), ("DATE", "DEFAULT DATE '2026-01-31'"), ("DATETIME", "DEFAULT '2026-01-02 03:04:05'"),
    ("DATETIME(3)", "DEFAULT '2026-01-02 03:04:05.6'"), ("DATETIME(6)", "DEFAULT '2026-01-02 03:04:05.678901'"),
    ("TIME", "DEFAULT '10:11:12'"), ("TIME", "DEFAULT '-01:00:00'"),
    ("TIME(2)", "NOT NULL"), ("ENUM('a','b')", "DEFAULT 'b'"), ("ENUM('p','q')", "NOT NULL"),
    ("SET('a','b','c')", "DEFAULT 'a,c'"), ("SET('a','b')", "NOT NULL"), ("SET('a','b')", "DEFAULT ''"),
    ("JSON", "DEFAULT NULL"), ("TIMESTAMP NULL", ""), ("TIMESTAMP", "NULL DEFAULT NULL"),
    ("TIMESTAMP(6)", "NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"),
    ("DATETIME(3)", "DEFAULT NOW(3)"), ("DATETIME", "DEFAULT CURRENT_TIMESTAMP"), ("TIMESTAMP", "DEFAULT CURRENT_TIMESTAMP"),
]

# Those that only the server knows.
SERVERS_DEFAULTS = [
    ("DATETIME", "DEFAULT '2026-01-02 03:04:05.6'"), ("DATETIME(3)", "DEFAULT '2026-01-02 03:04:05.6789'"),
    ("TIME", "DEFAULT '10:11:12.7'"), ("YEAR", "DEFAULT '26'"), ("YEAR", "DEFAULT '69'"), ("YEAR", "DEFAULT '70'"),
    ("YEAR", "DEFAULT 7"), ("YEAR", "DEFAULT '0'"), ("YEAR", "DEFAULT 0"), ("DOUBLE(10,2)", "DEFAULT 1.239"),
    ("FLOAT(7,1)", "DEFAULT 1.27"), ("DECIMAL(5,1)", "DEFAULT 1.25"), ("DECIMAL(45,5) ZEROFILL", "DEFAULT 1.5"),
    ("ENUM('a','b')", "DEFAULT 'B'"), ("ENUM('a','b')", "DEFAULT 'b '"), ("ENUM('a','b')", "DEFAULT 2"),
    ("SET('a','b','c')", "DEFAULT 'c,a'"), ("SET('a','b','c')", "DEFAULT 'a,a,b'"), ("SET('a','b','c')", "DEFAULT 'B,A'"),
    ("SET('a','b','c')", "DEFAULT 5"), ("CHAR(10)", "DEFAULT 'abc  '"), ("VARCHAR(20)", r"DEFAULT 'a\%\_b'"),
    ("VARCHAR(20)", "DEFAULT 'äß日'"), ("VARCHAR(20)", "DEFAULT _latin1 X'E9'"), ("VARCHAR(20)", "DEFAULT 0x41"),
    ("VARCHAR(20)", "DEFAULT 1.50"), ("VARCHAR(20)", "DEFAULT 1e3"), ("VARCHAR(20)", "DEFAULT -0"),
    ("VARCHAR(9)", "DEFAULT 007"),
    ("VARCHAR(20)", r"DEFAULT 'a\nb\0c'"), ("BIT(8)", "DEFAULT 0x0F"), ("BIT(8)", "DEFAULT 'a'"),
    ("BIT(64)", "DEFAULT 0xFFFFFFFFFFFFFFFF"),
    ("VARBINARY(9)", "DEFAULT 'é'"), ("BINARY(3)", "DEFAULT b'1000001'"), ("DATE", "DEFAULT '20260131'"),
    ("DATE", "DEFAULT '2026-1-2'"), ("DATE", "DEFAULT 20260131"), ("DATE", "DEFAULT '26-01-02'"),
    ("DATETIME", "DEFAULT '20260131101112'"),
    ("DATETIME", "DEFAULT '2026-01-02'"), ("DATETIME", "DEFAULT 20260131"), ("DATETIME", "DEFAULT '2026-01-02T03:04:05'"),
    ("TIME", "DEFAULT '10:11'"), ("TIME", "DEFAULT 101112"), ("TIME", "DEFAULT '2 10:00:00'"), ("TIME", "DEFAULT '-1:2:3'"),
    ("TIME", "DEFAULT '838:59:59'"), ("INT", "DEFAULT 1.5"), ("INT", "DEFAULT 1e2"), ("INT", "DEFAULT 0x10"),
    ("INT", "DEFAULT b'101'"),
    ("INT", "DEFAULT ' 7 '"), ("INT", "DEFAULT '1.5'"), ("INT UNSIGNED", "DEFAULT '+3'"), ("DOUBLE", "DEFAULT 1e300"),
    ("FLOAT", "DEFAULT 1.23456789012345678"), ("DOUBLE", "DEFAULT 0.1234567890123456789"), ("DECIMAL(10,2)", "DEFAULT 1e2"),
    ("DECIMAL(10,2)", "DEFAULT -0"), ("DECIMAL(10,2)", "DEFAULT '.5'"), ("FLOAT", "DEFAULT 'x'"),
]
MARIADB_DEFAULTS = [
    ("UUID", "DEFAULT 'ABCDEF00-1234-5678-9ABC-DEF012345678'"), ("UUID", "DEFAULT 'abcdef00123456789abcdef012345678'"),
    ("INET6", "DEFAULT '0:0:0:0:0:0:0:FF'"), ("INET4", "DEFAULT '010.0.0.1'"), ("INET6", "NOT NULL"), ("UUID", "NOT NULL"),
    ("INET4", "NOT NULL"), ("TEXT", "DEFAULT 'abc'"), ("BLOB", "DEFAULT 'a'"), ("JSON", "DEFAULT '{}'"), ("JSON", "NOT NULL"),
    ("INT", "DEFAULT 1 + 1"), ("VARCHAR(40)", "DEFAULT UUID()"), ("VARCHAR(9)", "DEFAULT CONCAT('a','b') NOT NULL"),
]
MYSQL_DEFAULTS = [
    ("JSON", "DEFAULT (JSON_ARRAY())"), ("JSON", "DEFAULT ('{}')"), ("JSON", "NOT NULL"), ("INT", "DEFAULT (1 + 1)"),
    ("VARCHAR(40)", "DEFAULT (UUID())"), ("BLOB", "DEFAULT (0x4142)"), ("DATE", "DEFAULT (CURRENT_DATE)"),
    ("VECTOR(2)", "NOT NULL"),
]


def Defaults():
    for number, (kind, default) in enumerate(PLAIN_DEFAULTS):
        yield Added(kind, default, follows=True)
        # Another default later: the rows keep the first.
        yield (Added(kind, default, mode="") if number % 2
               else Added(kind, default, after="ALTER TABLE t ALTER COLUMN x DROP DEFAULT"))
    for number, (kind, default) in enumerate(SERVERS_DEFAULTS):
        yield Added(kind, default)
        yield (Added(kind, default, mode=""), Added(kind, default, after="ALTER TABLE t ALTER COLUMN x SET DEFAULT NULL"),
               Added(kind, default, after="UPDATE t SET x = x WHERE id = 2; DELETE FROM t WHERE id = 1"))[number % 3]
    for kind, default in MARIADB_DEFAULTS:
        yield Added(kind, default, servers=("mariadb",))
    for kind, default in MYSQL_DEFAULTS:
        yield Added(kind, default, servers=("mysql",))
    for zone in ("+00:00", "+05:30", "SYSTEM"):
        for kind in ("TIMESTAMP", "TIMESTAMP(2)", "DATETIME"):
            yield Added(f"{kind} NULL", "DEFAULT '2026-01-02 03:04:05'", session=f"SET time_zone = '{zone}'")
            yield Added(kind, "NOT NULL DEFAULT CURRENT_TIMESTAMP" + kind[9:] if kind[0] == "T" else "DEFAULT NOW()",
                        session=f"SET time_zone = '{zone}'", follows=True)
    yield Added("VARBINARY(9)", "DEFAULT 'é'", session="SET NAMES latin1")
    yield Added("VARCHAR(9)", "DEFAULT 'é'", session="SET NAMES latin1")
    yield Added("VARCHAR(9)", "DEFAULT 'é'", session="SET character_set_connection = ascii")
    yield Added("REAL", "DEFAULT 0.1", mode="ANSI", follows=True)
    for value in ("ON", "OFF"):
        session = f"SET explicit_defaults_for_timestamp = {value}"
        yield Added("TIMESTAMP", "", session=session, mode="")
        yield Added("TIMESTAMP", "NOT NULL", session=session, mode="")
        yield Added("TIMESTAMP(3)", "NULL", session=session, follows=True)


# Old type, values, new type; whether it must be followed in strict mode.
RETYPES = [
    ("INT", ["-5", "NULL", "2147483647"], "BIGINT", True),
    ("BIGINT", ["-5", "NULL", "100"], "INT", True),
    ("BIGINT UNSIGNED", ["5"], "BIGINT", True),
    ("INT", ["-5", "70000"], "SMALLINT UNSIGNED", False),
    ("INT", ["0", "1"], "INT NOT NULL", True),
    ("INT", ["NULL", "1"], "INT NOT NULL", False),
    ("INT", ["0", "1"], "INT AUTO_INCREMENT, ADD UNIQUE (v)", False),
    ("DECIMAL(10,2)", ["-5.5", "12345678.91"], "DECIMAL(12,4)", True),
    ("DECIMAL(10,2)", ["-5.5", "12345678.91"], "DECIMAL(10,2) UNSIGNED", False),
    ("DECIMAL(10,2)", ["-5.5", "12345678.91"], "DECIMAL(8,2)", False),
    ("DECIMAL(10,2)", ["-5.55", "1.25"], "DECIMAL(10,1)", False),
    ("DECIMAL(10,2)", ["-5.5", "12345678.91"], "DECIMAL(45,5)", False),
    ("DECIMAL(45,5)", ["5.5"], "DECIMAL(45,5) ZEROFILL", False),
    ("FLOAT", ["0.1", "3.4e38", "-1.17e-38"], "DOUBLE", True),
    ("FLOAT", ["1.2399", "2.5"], "DOUBLE(10,2)", False),
    ("FLOAT", ["1.2399"], "FLOAT(7,1)", False),
    ("FLOAT(7,3)", ["1.239", "0.1"], "DOUBLE", False),
    ("DOUBLE", ["1.2399"], "DOUBLE(10,2)", False),
    ("FLOAT", ["-5.5"], "DOUBLE UNSIGNED", False),
    ("DOUBLE", ["0.1"], "FLOAT", False),
    ("VARCHAR(10)", ["'abc  '", "'x'", "NULL"], "CHAR(10)", False),
    ("TEXT", ["'abc  '"], "CHAR(10)", False),
    ("VARCHAR(10)", ["'abc  '", "''"], "VARCHAR(500)", True),
    ("VARCHAR(10)", ["'ab      '", "'x'"], "VARCHAR(3)", False),
    ("VARCHAR(10) CHARACTER SET latin1", ["'ab      '"], "VARCHAR(3) CHARACTER SET utf8mb4", False),
    ("CHAR(6)", ["'ab'", "'abcdef'"], "VARCHAR(20)", True),
    ("CHAR(6)", ["'ab'"], "CHAR(3)", True),
    ("TEXT", ["REPEAT('x',400)", "CONCAT('y', REPEAT(' ',300))"], "TINYTEXT", False),
    ("TEXT", ["CONCAT('y', REPEAT(' ',300))"], "VARCHAR(50)", False),
    ("BLOB", ["REPEAT('x',400)"], "TINYBLOB", False),
    ("VARBINARY(9)", ["'ab   '"], "VARBINARY(2)", False),
    ("TINYTEXT", ["'b '"], "VARCHAR(255)", True),
    ("VARCHAR(20) CHARACTER SET utf8mb4", ["'日本'", "'y'"], "VARCHAR(20) CHARACTER SET latin1", False),
    ("VARCHAR(20) CHARACTER SET latin1", ["'é'", "'y'"], "VARCHAR(20) CHARACTER SET UTF8MB4", True),
    ("VARCHAR(20) CHARACTER SET latin1", ["'é'"], "VARCHAR(20) COLLATE UTF8MB4_BIN NOT NULL", True),
    ("VARCHAR(20) CHARACTER SET utf8mb4", ["'晡'"], "VARCHAR(20) CHARACTER SET cp932", False),
    ("VARCHAR(20)", ["'ä'"], "VARBINARY(20)", False),
    ("ENUM('é','b') CHARACTER SET latin1", ["'é'", "'b'"], "ENUM('é','b','c') CHARACTER SET utf8mb4", True),
    ("ENUM('a','b')", ["'a'", "'b'"], "ENUM('b','a')", False),
    ("ENUM('a','b')", ["'a'", "'b'"], "ENUM('A','b')", False),
    ("ENUM('a','b')", ["'a'", "'b'"], "ENUM('a')", False),
    ("SET('x','y')", ["'x,y'", "'y'"], "SET('y','x')", False),
    ("SET('x','y')", ["'x,y'", "''"], "SET('x','y','z')", True),
    ("DATETIME", ["'2026-01-02 03:04:05'", "NULL"], "DATETIME(3)", True),
    ("DATETIME(3)", ["'2026-01-02 03:04:05.678'"], "DATETIME", False),
    ("TIME", ["'-10:11:12'"], "TIME(6)", True),
    ("DATE", ["'2026-01-02'"], "DATETIME", False),
    ("TIMESTAMP NULL", ["NULL", "'2026-01-01'"], "TIMESTAMP NOT NULL", False),
    ("TIMESTAMP NULL", ["NULL", "'2026-01-01'"], "TIMESTAMP(3)", False),
    ("BIT(8)", ["b'101'"], "BIT(16)", False),
    ("BINARY(3)", ["'a'"], "BINARY(5)", False),
    ("BINARY(3)", ["'a'"], "VARBINARY(5)", False),
    ("YEAR", ["2026", "NULL"], "YEAR NOT NULL", False),
    ("INT", ["5"], "VARCHAR(9)", False),
    ("VARCHAR(9)", ["'5'"], "INT", False),
    ("JSON", ["'{}'"], "LONGTEXT", False),
]


def Retypes():
    for old, values, new, follows in RETYPES:
        yield Retyped(old, values, new, follows=follows)
        yield Retyped(old, values, new, mode="")
        if "CHAR" in old:
            yield Retyped(old, values, new, mode="STRICT_ALL_TABLES,PAD_CHAR_TO_FULL_LENGTH")
    for charset in ("utf8mb4", "UTF8MB4", "latin1", "binary", "DEFAULT", "sjis", "ucs2"):
        for mode in (STRICT, ""):
            yield Case(f"CONVERT TO {charset} [{mode}]",
                       "(id INT PRIMARY KEY, v VARCHAR(10) CHARACTER SET latin1, u TEXT CHARACTER SET latin1)",
                       "(1,'ä','y'),(2,'x',REPEAT('é',60000))", f"ALTER TABLE t CONVERT TO CHARACTER SET {charset}", mode,
                       follows=charset.lower() == "utf8mb4" and mode == STRICT)


NUMBERS = "(id INT PRIMARY KEY, a INT, b INT, c INT)"
NUMBER_ROWS = "(1,10,20,30),(2,11,21,31)"


def Structures():
    follows = [
        "CHANGE a b INT, CHANGE b a INT", "RENAME COLUMN a TO b, DROP b, ADD a INT DEFAULT 8 FIRST",
        "CHANGE b a INT, DROP COLUMN a", "DROP COLUMN a, CHANGE b a INT", "ADD COLUMN a INT DEFAULT 5, DROP COLUMN a",
        "DROP COLUMN a, ADD COLUMN a INT NOT NULL DEFAULT 7", "CHANGE a b INT, CHANGE b c INT, CHANGE c a INT",
        "CHANGE a d INT, ADD COLUMN a INT DEFAULT 4",
        "MODIFY a INT AFTER c, MODIFY c INT AFTER id, ADD x INT, ADD y INT FIRST, MODIFY b INT FIRST",
        "MODIFY a INT AFTER b, MODIFY b INT AFTER c", "CHANGE ID pk BIGINT NOT NULL, ADD (d INT DEFAULT 1, e INT DEFAULT 2)",
        "ADD INDEX (a), ADD UNIQUE (b), RENAME INDEX a TO aa", "ENGINE=MyISAM", "COMMENT='x, y' ROW_FORMAT=DYNAMIC",
        "FORCE, ALGORITHM=COPY, LOCK=SHARED", "ORDER BY a, b DESC", "PARTITION BY HASH(id) PARTITIONS 3",
        "ADD CHECK (a > 0), ALTER a SET DEFAULT 5", "AUTO_INCREMENT=50", "DROP PRIMARY KEY, ADD PRIMARY KEY (ID)",
        "DEFAULT CHARACTER SET LATIN1", "ADD period INT DEFAULT 3", "MODIFY a INT DEFAULT 5 COMMENT 'c' FIRST",
    ]
    for clauses in follows:
        yield Case(clauses, NUMBERS, NUMBER_ROWS, f"ALTER TABLE t {clauses}", follows=True)
        yield Case(clauses + "; rows", NUMBERS, NUMBER_ROWS, f"ALTER TABLE t {clauses}", after="INSERT INTO t VALUES ()",
                   mode="")
    for clauses in ("ENGINE=BLACKHOLE", "DROP PRIMARY KEY", "DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)", "DROP COLUMN id",
                    "MODIFY id INT AUTO_INCREMENT", "ADD n INT AUTO_INCREMENT UNIQUE", "ADD n INT AS (a + 1) STORED",
                    "DROP INDEX `PRIMARY`", "ADD n INT AS (a + 1) VIRTUAL"):
        yield Case(clauses, NUMBERS, "(0,10,20,30),(2,11,21,31)", f"ALTER TABLE t {clauses}", mode=STRICT)
    yield Case("DROP period", "(id INT PRIMARY KEY, period INT)", "(1,1)", "ALTER TABLE t DROP period", follows=True,
               servers=("mysql",))
    yield Case("MODIFY of a qualified name", "(id INT PRIMARY KEY, a VARCHAR(5))", "(1,'a')",
               "ALTER TABLE t MODIFY COLUMN t.a VARCHAR(500)", follows=True)
    yield Case("a leading point", "(id INT PRIMARY KEY)", "(1)", "ALTER TABLE .`t` ADD COLUMN a INT DEFAULT 3", follows=True)
    key = "(k VARCHAR(9) NOT NULL UNIQUE, v INT)"
    for change in ("MODIFY k VARCHAR(9) NULL", "MODIFY k VARCHAR(9)", "CHANGE k kk VARCHAR(20) NOT NULL"):
        yield Case(change, key, "('a',1),('b',2)", f"ALTER TABLE t {change}",
                   after="INSERT IGNORE INTO t VALUES (NULL,3); INSERT IGNORE INTO t VALUES (NULL,4)")
    yield Case("another index in the key's place", "(a INT NOT NULL, b INT, UNIQUE u (a))", "(1,1),(2,2)",
               "CREATE OR REPLACE INDEX u ON t (b)", after="INSERT INTO t VALUES (1,3),(1,4)", servers=("mariadb",))
    for text in ("TINYTEXT", "TEXT"):
        letters, spaces = (120, 100) if text == "TINYTEXT" else (30_000, 10_000)
        yield Case(f"{text} in a wider character set", f"(id INT PRIMARY KEY, v {text} CHARACTER SET latin1)",
                   f"(1,CONCAT(REPEAT('é',{letters}),SPACE({spaces})))", f"ALTER TABLE t MODIFY v {text} CHARACTER SET utf8mb4")
    parts = NUMBERS + " PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN (9))"
    for clause in ("DROP PARTITION p0", "TRUNCATE PARTITION p0", "ADD PARTITION (PARTITION p2 VALUES LESS THAN (20))",
                   "REBUILD PARTITION p0", "REMOVE PARTITIONING", "COALESCE PARTITION 1",
                   "REORGANIZE PARTITION p0, p1 INTO (PARTITION q VALUES LESS THAN (9))"):
        yield Case(clause, parts, NUMBER_ROWS, f"ALTER TABLE t {clause}", follows=clause[0] in "AR" and "TRUNC" not in clause)


def Computed():
    """Columns that are computed from others: the server computes them anew where the text is about something else."""
    for base, value, computed, change in (
            ("DECIMAL(5,1)", "1.5", "VARCHAR(20) AS (CONCAT(v)) VIRTUAL", "MODIFY v DECIMAL(9,3)"),
            ("DECIMAL(5,1)", "1.5", "VARCHAR(20) AS (CONCAT(v)) STORED", "MODIFY v DECIMAL(9,3)"),
            ("INT UNSIGNED", "5", "VARCHAR(20) AS (CONCAT(v)) VIRTUAL", "MODIFY v INT ZEROFILL"),
            ("VARCHAR(9) CHARACTER SET latin1", "'é'", "INT AS (LENGTH(v)) STORED",
             "MODIFY v VARCHAR(9) CHARACTER SET utf8mb4"),
            ("VARCHAR(9) CHARACTER SET latin1", "'é'", "INT AS (LENGTH(v)) VIRTUAL", "CONVERT TO CHARACTER SET utf8mb4"),
            ("VARCHAR(9) COLLATE utf8mb4_general_ci", "'a'", "INT AS (v = 'A') VIRTUAL",
             "MODIFY v VARCHAR(9) COLLATE utf8mb4_bin"),
            ("VARCHAR(9) COLLATE utf8mb4_bin", "'a'", "INT AS (v = 'A') VIRTUAL", "MODIFY v VARCHAR(9)"),
            ("DATETIME", "'2026-01-02 03:04:05'", "VARCHAR(40) AS (CONCAT(v)) STORED", "MODIFY v DATETIME(3)"),
            ("FLOAT", "0.1", "VARCHAR(40) AS (CONCAT(v)) VIRTUAL", "MODIFY v DOUBLE"),
            ("ENUM('é','b')", "'é'", "INT AS (LENGTH(v)) VIRTUAL", "MODIFY v ENUM('é','b') CHARACTER SET utf16"),
            ("INT DEFAULT 5", "10", "INT AS (v + DEFAULT(v)) VIRTUAL", "ALTER v SET DEFAULT 7")):
        yield Case(f"{computed} of {base}: {change}", f"(id INT PRIMARY KEY, v {base}, g {computed})", f"(1,{value},DEFAULT)",
                   f"ALTER TABLE t {change}", after="DELETE FROM t WHERE id = 7")
        yield Case(f"without a key: {computed} of {base}: {change}", f"(v {base}, g {computed})", f"({value},DEFAULT)",
                   f"ALTER TABLE t {change}", after=f"INSERT INTO t (v) VALUES ({value}); DELETE FROM t LIMIT 1")
    hour = "(id INT PRIMARY KEY, ts TIMESTAMP NULL, h INT AS (HOUR(ts)) STORED)"
    for clause in ("FORCE, ALGORITHM=COPY", "ENGINE=MyISAM", "ADD COLUMN n INT, ALGORITHM=COPY", "ORDER BY id"):
        yield Case(f"HOUR of a TIMESTAMP: {clause}", hour, "(1,'2026-01-02 03:04:05',DEFAULT)", f"ALTER TABLE t {clause}",
                   session="SET time_zone = '+05:00'")
    day = "(id INT PRIMARY KEY, d DATE, w VARCHAR(20) AS (DATE_FORMAT(d, '%W')) STORED)"
    yield Case("the name of a day", day, "(1,'2026-01-01',DEFAULT)", "ALTER TABLE t FORCE, ALGORITHM=COPY",
               session="SET lc_time_names = 'de_DE'")
    plain = "(id INT PRIMARY KEY, v INT, s VARCHAR(9), g INT AS (v + 1) STORED)"
    for clause in ("ADD COLUMN x INT DEFAULT 4", "DROP COLUMN s", "MODIFY v INT NOT NULL", "ADD INDEX (v)", "COMMENT 'c'",
                   "RENAME COLUMN s TO z"):
        yield Case(f"beside a computed column: {clause}", plain, "(1,2,'x',DEFAULT)", f"ALTER TABLE t {clause}",
                   follows=True)


def SharedTexts():
    """Keys that are different codes at the source and one text elsewhere."""
    for charset, one, other in (("cp932", "81CA", "EEF9"), ("sjis", "5C", "815F"), ("big5", "A1C3", "A1C5"),
                                ("eucjpms", "A2CC", "FCFE")):
        column = f"(k VARCHAR(5) CHARACTER SET {charset} COLLATE {charset}_bin PRIMARY KEY, v INT)"
        yield Case(f"a key in {charset}", column, "('a',1)", "INSERT INTO t VALUES "
                   f"(_{charset} X'{one}',2), (_{charset} X'{other}',3)", after="DELETE FROM t WHERE v = 2")
    yield Case("a key with '' as a label of a SET", "(k SET('','a') PRIMARY KEY, v INT)", "('a',1)",
               "INSERT INTO t VALUES (0,2),(1,3)", mode="")
    yield Case("a key with '' as a label of an ENUM", "(k ENUM('','a') PRIMARY KEY, v INT)", "('a',1)",
               "INSERT INTO t VALUES ('',2),('zzz',3)", mode="")
    yield Case("codes without a character", "(n INT, k VARCHAR(5) CHARACTER SET big5)", "(1,_big5 X'A1C3')",
               "UPDATE t SET n = 2", after="INSERT INTO t VALUES (3,_big5 X'A1C5')", follows=True)


def Hidden():
    """A temporary table hides one of the same name."""
    hide = "SET binlog_format = STATEMENT; CREATE TEMPORARY TABLE t (id INT PRIMARY KEY, v INT)"
    show = "DROP TEMPORARY TABLE t; SET binlog_format = ROW"
    for statement in ("TRUNCATE TABLE t", "ALTER TABLE t ADD COLUMN w INT DEFAULT 5", "ALTER TABLE t MODIFY v BIGINT"):
        yield Case(f"of a temporary table: {statement}", "(id INT PRIMARY KEY, v INT)", "(1,1),(2,2)",
                   f"{hide}; {statement}; {show}", after="INSERT INTO t (id, v) VALUES (3, 3)", follows=True)
    yield Case("like a temporary table", "(id INT PRIMARY KEY, v INT)", "(1,1)",
               f"{hide}; {show}; TRUNCATE TABLE t", after="INSERT INTO t VALUES (4,4)", follows=True)


TYPES = {
    "TINYINT": ["-128", "127", "NULL"], "SMALLINT UNSIGNED": ["0", "65535"], "MEDIUMINT": ["-8388608", "5"],
    "INT": ["-5", "0", "2147483647"], "INT UNSIGNED": ["4294967295", "0"], "BIGINT": ["-9223372036854775808", "7"],
    "DECIMAL(6,2)": ["-1.25", "9999.99"], "DECIMAL(20,4) UNSIGNED": ["1.5"], "DECIMAL(40,3)": ["-1.5"], "FLOAT": ["0.1",
    "-2.5e10"],
    "FLOAT(8,2)": ["1.25"], "DOUBLE": ["0.1", "1e300"], "DOUBLE(12,3)": ["1.234"], "BIT(3)": ["b'101'"],
    "BIT(12)": ["b'110000'"],
    "YEAR": ["2026", "1999"], "DATE": ["'2026-02-28'", "NULL"], "TIME": ["'-10:11:12'"], "TIME(3)": ["'10:11:12.345'"],
    "DATETIME": ["'2026-01-02 03:04:05'"], "DATETIME(4)": ["'2026-01-02 03:04:05.6789'"],
    "TIMESTAMP NULL": ["'2026-10-25 01:30:00'"],
    "TIMESTAMP(3) NULL": ["'2026-10-25 00:30:00.5'"], "CHAR(4)": ["'ab'", "''"], "CHAR(9) CHARACTER SET latin1": ["'é'"],
    "VARCHAR(4)": ["'a  '", "'日本'"], "VARCHAR(9) CHARACTER SET latin1": ["'é '"], "VARCHAR(300)": ["REPEAT('x', 280)"],
    "VARCHAR(9) CHARACTER SET ucs2": ["'日 '"], "TINYTEXT": ["CONCAT('x', REPEAT(' ', 200))"], "TEXT": ["'a '", "NULL"],
    "TEXT CHARACTER SET latin1": ["'é'"], "MEDIUMTEXT": ["'m'"], "BINARY(3)": ["'a'"], "BINARY(5)": ["'ab'"],
    "VARBINARY(4)": ["'a '"],
    "VARBINARY(9)": ["x'00ff'"], "TINYBLOB": ["x'00'"], "BLOB": ["'b '"], "ENUM('a','b','c')": ["'c'", "'a'"],
    "ENUM('a','b')": ["'b'"], "ENUM('b','a','c')": ["'a'"], "SET('a','b','c')": ["'a,c'"], "SET('c','b','a')": ["'a,c'"],
    "SET('a','b')": ["'a,b'"], "JSON": ["'{\"a\": 1}'"],
}
LITERALS = ["0", "1", "-1", "127", "300", "1.5", "-2.25", "1e2", "0x41", "b'1'", "'0'", "'12'", "'1.50'", "'a'", "'A'",
"'b '", "'a,b'",
            "'b,a'", "'é'", "''", "' '", "'2026-01-02'", "'2026-1-2'", "'2026-01-02 03:04:05'", "'2026-01-02 03:04:05.999999'",
            "'10:11:12'", "'10:11:12.5'", "'11'", "20260102", "x'C3A9'", "_latin1'abc'", "_utf8mb4'日'", "TRUE", "NULL",
            "99999999999"]
MODES = [STRICT, "", f"{STRICT},NO_ZERO_DATE,NO_ZERO_IN_DATE", "PAD_CHAR_TO_FULL_LENGTH", f"{STRICT},PAD_CHAR_TO_FULL_LENGTH",
         "ANSI", "STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES"]
SESSIONS = ["", "", "", "SET time_zone = '+02:00'", "SET NAMES latin1", "SET time_zone = 'SYSTEM'"]


def Generated(seed, retypes, defaults):
    draw = random.Random(seed)
    kinds = sorted(TYPES)
    for _ in range(retypes):
        old, new = draw.choice(kinds), draw.choice(kinds)
        if draw.random() < 0.5:  # nearer kin: the same first word
            new = draw.choice([kind for kind in kinds if kind[:3] == old[:3]])
        suffix = draw.choice(["", "", " NOT NULL", " DEFAULT NULL", " COMMENT 'x'"])
        if "NULL" in new and "NULL" in suffix:
            suffix = ""
        yield Retyped(old, draw.sample(TYPES[old], len(TYPES[old])), new + suffix, draw.choice(MODES), draw.choice(SESSIONS))
    for _ in range(defaults):
        kind = draw.choice(kinds)
        after = draw.choice(["", "", "ALTER TABLE t ALTER COLUMN x DROP DEFAULT", "DELETE FROM t",
        "INSERT INTO t (id) VALUES (9)"])
        yield Added(kind, "DEFAULT " + draw.choice(LITERALS), draw.choice(SESSIONS), draw.choice(MODES), after)


def Cases(server, seed, generated):
    """The named cases for a kind of server, and so many generated retypes and defaults; without repeats."""
    seen = set()
    for case in itertools.chain(Defaults(), Retypes(), Structures(), Computed(), SharedTexts(), Hidden(),
                                Generated(seed, generated, generated)):
        key = (case.create, case.rows, case.statement, case.mode, case.session, case.after)
        if server in case.servers and key not in seen:
            seen.add(key)
            yield case
