# SPDX-License-Identifier: MIT
"""What Spark is told to make: a table's name -> statements, `{t}` being the table and `{path}` its folder. Settings made in
one recipe end with it. Each stands for a feature of the protocol, or for a way of writing that readers have stumbled over."""

ROWS = "SELECT CAST(id AS INT) AS id, CONCAT('row ', id) AS text, id % 3 AS kind FROM RANGE"
ODD_TEXTS = r"""('plain'), (''), (NULL), (' '), ('a b'), ('a/b'), ('a\\b'), ('a=b'), ('50%'), ('%20'), ('a:b'), ('#'), ('?'),
  ('&'),
  ('+'), ('"'), ("'"), ('{x}'), ('[x]'), ('~'), ('.'), ('..'), ('Größe'), ('日本'), ('😀'), ('NULL'), ('null'),
  ('__HIVE_DEFAULT_PARTITION__x'), ('a\nb'), ('a\tb'), (repeat('x', 100))"""

TYPES = {
    "types": """
CREATE TABLE {t} (id INT, flag BOOLEAN, tiny TINYINT, small SMALLINT, number INT, long BIGINT, single FLOAT, real DOUBLE,
  price DECIMAL(9,2), wide DECIMAL(38,18), text STRING, bytes BINARY, day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ) USING delta;
INSERT INTO {t} VALUES
  (1, true, -128, -32768, -2147483648, -9223372036854775808, float('-Infinity'), double('NaN'), -9999999.99,
   -99999999999999999999.999999999999999999, '', x'', date'0001-01-01', timestamp'1900-01-01 00:00:00.000001',
   timestamp_ntz'0001-01-01 00:00:00'),
  (2, false, 127, 32767, 2147483647, 9223372036854775807, float('NaN'), double('Infinity'), 9999999.99,
   99999999999999999999.999999999999999999, 'naïve ☃ 😀 \\" \\n', x'00ff10', date'9999-12-31',
   timestamp'2262-04-12 00:00:00.999999', timestamp_ntz'9999-12-31 23:59:59.999999'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, true, 0, 0, 0, 0, -0.0F, -0.0D, 0, 0, repeat('long ', 1000), encode(repeat('é', 100), 'UTF-8'), date'1969-12-31',
   timestamp'1969-12-31 23:59:59.999', timestamp_ntz'1969-12-31 23:59:59.5'),
  (5, false, 1, 1, 1, 1, 1.17549435E-38F, 4.9E-324D, 0.01, 0.000000000000000001, '\\u0000', x'c328', date'2024-02-29',
   timestamp'2024-02-29 12:00:00', timestamp_ntz'1582-10-15 00:00:00')""",
    "nested": """
CREATE TABLE {t} (id INT, tags ARRAY<STRING>, deep ARRAY<ARRAY<STRUCT<a: INT, m: MAP<STRING, ARRAY<DECIMAL(20,2)>>>>>,
  lookup MAP<INT, STRUCT<day: DATE, at: TIMESTAMP, raw: BINARY>>, pair STRUCT<x: STRUCT<y: STRUCT<z: BIGINT>>, w: STRING>,
  rows MAP<STRUCT<k: INT>, MAP<STRING, STRING>>) USING delta;
INSERT INTO {t} VALUES
  (1, array('a', NULL, ''), array(array(struct(1, map('k', array(1.25, NULL)))), NULL, array()),
   map(1, struct(date'2024-01-02', timestamp'2024-01-02 03:04:05', x'01'), 2, NULL), struct(struct(struct(7)), 'w'),
   map(struct(1), map('a', 'b'))),
  (2, array(), array(), map(), struct(struct(NULL), NULL), map()), (3, NULL, NULL, NULL, NULL, NULL),
  (4, array(NULL), array(array(NULL, struct(NULL, NULL), struct(2, map()))), NULL, struct(NULL, 'x'), map(struct(NULL), NULL))""",
    "lists_and_decimals_in_the_old_form": """
SET spark.sql.parquet.writeLegacyFormat = true;
CREATE TABLE {t} USING delta AS SELECT CAST(id AS INT) AS id, CAST(id - 5 AS DECIMAL(4,2)) AS d4,
  CAST(id * 1000000 AS DECIMAL(18,3)) AS d18, CAST(-id AS DECIMAL(38,10)) AS d38,
  IF(id % 2 = 0, array(id, NULL), NULL) AS list, map(id, array(struct(id AS x))) AS m FROM RANGE(10)""",
    "decimals_of_every_width": "CREATE TABLE {t} USING delta AS SELECT CAST(id AS INT) AS id, " + ", ".join(
        f"CAST(IF(id % 5 = 0, NULL, (id - 7) / {10**min(scale, 6)}) AS DECIMAL({width},{scale})) AS d{width}_{scale}"
        for width, scale in ((2, 0), (2, 1), (5, 2), (9, 0), (9, 8), (10, 5), (18, 0), (18, 17), (19, 4), (20, 18), (38, 0),
                             (38, 36))
    ) + " FROM RANGE(15)",
    "decimals_in_dictionaries": "CREATE TABLE {t} USING delta AS SELECT CAST(id AS INT) AS id, "
    "CAST(id % 5 AS DECIMAL(9,0)) AS d9, CAST(id % 6 AS DECIMAL(12,0)) AS d12, CAST(id % 2 AS DECIMAL(25,0)) AS d25 "
    "FROM RANGE(5000)",
    "decimals_and_partitions": """
CREATE TABLE {t} (part DECIMAL(12,5), d1 DECIMAL(5,2), d2 DECIMAL(10,5), d3 DECIMAL(38,30)) USING delta PARTITIONED BY (part);
INSERT INTO {t} VALUES (234.00000, 1, 2, 3), (2342222.23454, 111.11, 22222.22222, 3333333.3333333333333), (-0.00004, -999.99,
  -0.00001,
  -1e-30), (NULL, NULL, NULL, NULL)""",
    **{f"timestamps_as_{form.lower()}": f"""
SET spark.sql.parquet.outputTimestampType = {form};
CREATE TABLE {{t}} (id INT, part TIMESTAMP, at TIMESTAMP, list ARRAY<TIMESTAMP>) USING delta PARTITIONED BY (part);
INSERT INTO {{t}} VALUES (1, timestamp'2020-01-01 08:09:10.001', timestamp'1999-01-01 09:00:00.123',
  array(timestamp'2000-02-29 00:00:00')),
  (2, timestamp'2021-10-01 08:09:20', timestamp'1901-12-13 20:45:52', NULL), (3, NULL, NULL, array(NULL))"""
       for form in ("INT96", "TIMESTAMP_MILLIS", "TIMESTAMP_MICROS")},
    **{f"times_by_a_writer_in_{zone.split('/')[1].lower()}": f"""
SET spark.sql.session.timeZone = {zone};
SET spark.databricks.delta.write.utcTimestampPartitionValues.enabled = {utc};
CREATE TABLE {{t}} (id INT, at TIMESTAMP, day DATE, wall TIMESTAMP_NTZ, part TIMESTAMP, date DATE) USING delta
  PARTITIONED BY (part, date);
INSERT INTO {{t}} VALUES (1, timestamp'2020-01-01 08:09:10', date'2020-01-01', timestamp_ntz'2020-01-01 08:09:10',
  timestamp'2020-07-01 00:30:00.5', date'2020-12-31'), (2, timestamp'1960-03-27 02:30:00', date'1500-01-01', NULL, NULL, NULL)"""
       for zone, utc in (("America/Los_Angeles", "true"), ("Asia/Tokyo", "false"))},
    "wall_times_with_column_ids": """
CREATE TABLE {t} (id INT, wall TIMESTAMP_NTZ, part TIMESTAMP_NTZ) USING delta PARTITIONED BY (part)
  TBLPROPERTIES ('delta.columnMapping.mode' = 'id');
INSERT INTO {t} VALUES (0, timestamp_ntz'2021-11-18 02:30:00.123456', timestamp_ntz'2021-11-18 02:30:00.123456'),
  (1, timestamp_ntz'2013-07-05 17:01:00', timestamp_ntz'2021-11-18'), (2, NULL, timestamp_ntz'2021-11-18 02:30:00.1'), (3,
  NULL, NULL)""",
    "a_column_of_nothing": "CREATE TABLE {t} USING delta AS SELECT id, NULL AS nothing FROM RANGE(3)",
    "char_and_varchar": """
CREATE TABLE {t} (id INT, fixed CHAR(5), bounded VARCHAR(10)) USING delta;
INSERT INTO {t} VALUES (1, 'fghij', 'cd'), (2, 'abcde', '0123456789'), (3, NULL, NULL)""",
    "letters_of_both_cases": """
CREATE TABLE {t} (Id INT, TEXT STRING, `Größe` STRUCT<Inner: INT>) USING delta;
INSERT INTO {t} VALUES (1, 'a', struct(1));
INSERT INTO {t} (ID, text) VALUES (2, 'b')""",
}

PARTITIONS = {
    "partitions_of_every_type": """
CREATE TABLE {t} (v STRING, n INT, l BIGINT, b TINYINT, s SMALLINT, f BOOLEAN, r FLOAT, d DOUBLE, t STRING, day DATE,
  at TIMESTAMP,
  big DECIMAL(30,2), raw BINARY) USING delta PARTITIONED BY (n, l, b, s, f, r, d, t, day, at, big, raw)
  TBLPROPERTIES ('delta.columnMapping.mode' = 'name');
INSERT INTO {t} VALUES ('1', 0, 0, 0, 0, true, 0.0F, 0.0D, '0', date'2021-09-08', timestamp'2021-09-08 11:11:11', 0, x'00'),
  ('2', 2147483647, -9223372036854775808, -128, 32767, false, 1.5E10F, -1.0E-100D, 'x', date'0001-01-01',
  timestamp'1969-01-01 00:00:00.000001',
   -1234567890123456789012345678.99, encode('abc', 'UTF-8')),
  ('3', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('4', 1, 1, 1, 1, true, float('NaN'), double('-Infinity'), '', date'9999-12-31', timestamp'2262-04-12 00:00:00', 1, x'41')""",
    "partitions_of_odd_texts": f"""
CREATE TABLE {{t}} (id INT, part STRING) USING delta PARTITIONED BY (part);
INSERT INTO {{t}} SELECT length(part), part FROM VALUES {ODD_TEXTS} AS v(part)""",
    "odd_texts_and_odd_names": f"""
CREATE TABLE {{t}} (`the id` INT, `a,b;(c)=` STRING) USING delta PARTITIONED BY (`a,b;(c)=`)
  TBLPROPERTIES ('delta.columnMapping.mode' = 'name');
INSERT INTO {{t}} SELECT length(part), part FROM VALUES {ODD_TEXTS} AS v(part);
DELETE FROM {{t}} WHERE `a,b;(c)=` IN ('a b', '%20', 'a/b')""",
    "files_with_random_prefixes": """
CREATE TABLE {t} (id INT, part STRING) USING delta PARTITIONED BY (part) TBLPROPERTIES (
  'delta.randomizeFilePrefixes' = 'true', 'delta.enableDeletionVectors' = 'true');
INSERT INTO {t} VALUES (1, 'a b'), (2, 'a b'), (3, 'ä'), (4, 'ä'), (5, NULL);
DELETE FROM {t} WHERE id IN (2, 4)""",
    "partitions_that_change": f"""
CREATE TABLE {{t}} USING delta PARTITIONED BY (kind) AS {ROWS}(10);
SET spark.databricks.delta.schema.autoMerge.enabled = true;
INSERT OVERWRITE {{t}} SELECT id, text, kind FROM {{t}} WHERE id < 7;
CREATE OR REPLACE TABLE {{t}} USING delta PARTITIONED BY (text) AS {ROWS}(5);
CREATE OR REPLACE TABLE {{t}} USING delta AS {ROWS}(4)""",
}

SCHEMAS = {
    "schemas_that_grow": f"""
CREATE TABLE {{t}} USING delta AS {ROWS}(10);
ALTER TABLE {{t}} ADD COLUMNS (more STRUCT<a: INT>, list ARRAY<STRUCT<x: INT>>);
INSERT INTO {{t}} VALUES (100, 'more', 1, struct(1), array(struct(1)));
ALTER TABLE {{t}} ADD COLUMNS (more.b STRING FIRST, list.element.y DECIMAL(5,2), front INT FIRST);
INSERT INTO {{t}} VALUES (-1, 101, 'yet more', 2, struct('b', 2), array(struct(2, 2.50)));
ALTER TABLE {{t}} ALTER COLUMN text AFTER more""",
    "renamed_and_dropped": f"""
CREATE TABLE {{t}} USING delta AS SELECT *, struct(id AS a, text AS b) AS s FROM ({ROWS}(10));
ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name', 'delta.minReaderVersion' = '2',
  'delta.minWriterVersion' = '5');
ALTER TABLE {{t}} RENAME COLUMN text TO `the text, (now)`;
ALTER TABLE {{t}} RENAME COLUMN s.a TO `inner {{a}}`;
ALTER TABLE {{t}} DROP COLUMN kind;
ALTER TABLE {{t}} ADD COLUMNS (kind STRING, text INT);
INSERT INTO {{t}} VALUES (100, 'x', struct(1, 'y'), 'a kind', 5);
UPDATE {{t}} SET kind = 'changed' WHERE id IN (3, 100);
ALTER TABLE {{t}} DROP COLUMNS (s.b)""",
    "renamed_by_ids": f"""
CREATE TABLE {{t}} (id INT, part STRING, v STRING, m MAP<STRING, STRUCT<x: INT, y: ARRAY<STRUCT<z: INT>>>>) USING delta
  PARTITIONED BY (part) TBLPROPERTIES ('delta.columnMapping.mode' = 'id');
INSERT INTO {{t}} VALUES (1, 'a', 'one', map('k', struct(1, array(struct(1))))), (2, NULL, 'two', NULL);
ALTER TABLE {{t}} RENAME COLUMN v TO w;
ALTER TABLE {{t}} RENAME COLUMN part TO piece;
ALTER TABLE {{t}} RENAME COLUMN m.value.x TO xx;
ALTER TABLE {{t}} RENAME COLUMN m.value.y.element.z TO zz;
ALTER TABLE {{t}} ADD COLUMNS (v STRING, m.value.x STRING);
INSERT INTO {{t}} VALUES (3, 'c', 'three', map('l', struct(3, array(struct(3)), 'new')), 'new v')""",
    "types_with_column_ids": """
CREATE TABLE {t} (id INT, b TINYINT, s SMALLINT, l BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10,2), t STRING, raw BINARY,
  ok BOOLEAN, day DATE,
  at TIMESTAMP, st STRUCT<aa: STRING, ac: STRUCT<aca: INT>>, arr ARRAY<INT>, arrs ARRAY<STRUCT<q: INT>>, m MAP<INT, INT>,
  ml MAP<STRING, ARRAY<INT>>) USING delta TBLPROPERTIES ('delta.columnMapping.mode' = 'id');
INSERT INTO {t} SELECT id, id, id, id, id, id / 4, id, CONCAT('t', id), encode(CAST(id AS STRING), 'UTF-8'), id % 2 = 0,
  date_add(date'1970-01-01', id),
  timestamp_seconds(id * 86400), struct(CONCAT('s', id), struct(id)), array(id, NULL), array(struct(id), NULL), map(id, id),
  map('k', array(id))
  FROM (SELECT CAST(id AS INT) AS id FROM RANGE(20));
INSERT INTO {t} (id) VALUES (NULL)""",
    "widened": """
CREATE TABLE {t} (id INT, b TINYINT, s SMALLINT, i INT, f FLOAT, n INT, d DATE, p DECIMAL(5,2), st STRUCT<x: SMALLINT>,
  l ARRAY<TINYINT>,
  part SMALLINT) USING delta PARTITIONED BY (part) TBLPROPERTIES ('delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported');
INSERT INTO {t} VALUES (1, -128, -32768, -2147483648, 1.1F, 7, date'0001-01-01', -999.99, struct(1), array(1, NULL), 5),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
ALTER TABLE {t} ALTER COLUMN b TYPE SMALLINT;
ALTER TABLE {t} ALTER COLUMN b TYPE BIGINT;
ALTER TABLE {t} ALTER COLUMN s TYPE INT;
ALTER TABLE {t} ALTER COLUMN i TYPE DOUBLE;
ALTER TABLE {t} ALTER COLUMN f TYPE DOUBLE;
ALTER TABLE {t} ALTER COLUMN n TYPE DECIMAL(12,2);
ALTER TABLE {t} ALTER COLUMN d TYPE TIMESTAMP_NTZ;
ALTER TABLE {t} ALTER COLUMN p TYPE DECIMAL(10,4);
ALTER TABLE {t} ALTER COLUMN st.x TYPE BIGINT;
ALTER TABLE {t} ALTER COLUMN l.element TYPE INT;
ALTER TABLE {t} ALTER COLUMN part TYPE INT;
INSERT INTO {t} VALUES (3, 9223372036854775807, 2147483647, 1.5e300, 1.5e300, 1234567890.12,
  timestamp_ntz'2024-01-01 00:00:01', 123456.7891,
  struct(9223372036854775807), array(2147483647), 2147483647)""",
    "generated_identity_default": """
CREATE TABLE {t} (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY -3), v INT DEFAULT 42, at TIMESTAMP,
  day DATE GENERATED ALWAYS AS (CAST(at AS DATE))) USING delta PARTITIONED BY (day)
  TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported');
INSERT INTO {t} (at) VALUES (timestamp'2024-01-02 23:59:59'), (NULL);
INSERT INTO {t} (v, at) VALUES (1, timestamp'2024-01-03 00:00:00')""",
    "constraints_and_append_only": """
CREATE TABLE {t} (id INT NOT NULL, v INT) USING delta TBLPROPERTIES ('delta.constraints.positive' = 'v > 0',
  'delta.appendOnly' = 'true');
INSERT INTO {t} VALUES (1, 1), (2, 2);
ALTER TABLE {t} ADD CONSTRAINT small CHECK (v < 100);
INSERT INTO {t} VALUES (3, 3)""",
    "comments_and_user_metadata": """
CREATE TABLE {t} (id INT COMMENT 'a "quoted" comment', v STRING COMMENT 'ü') USING delta COMMENT 'of a table'
  TBLPROPERTIES ('mine' = 'too');
SET spark.databricks.delta.commitInfo.userMetadata = {"a": 1};
INSERT INTO {t} VALUES (1, 'a')""",
}
