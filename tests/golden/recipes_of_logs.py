# SPDX-License-Identifier: MIT
"""More of what Spark is told to make: the forms of the log, and what commits can do. As in `recipes.py`."""

from tests.golden.recipes import ROWS

# Every commit is a version with a checkpoint, or every second one.
EACH = "'delta.checkpointInterval' = '1'"
SECOND = "'delta.checkpointInterval' = '2'"
V2 = "'delta.checkpointPolicy' = 'v2'"
ONE_MORE = ";\nINSERT INTO {t} SELECT 1, 'x', 2"
PARTS = "SET spark.databricks.delta.checkpoint.partSize = 3"
CHANGES = "\n".join(f"INSERT INTO {{t}} {ROWS}({10 * i}, {10 * i + 10}, 1, 2);" for i in range(1, 3))
COMMIT_TIMES = "'delta.enableInCommitTimestamps' = 'true'"
STATISTICS_AS_COLUMNS = "'delta.checkpoint.writeStatsAsStruct' = 'true', 'delta.checkpoint.writeStatsAsJson' = 'false'"
VECTORS = "'delta.enableDeletionVectors' = 'true'"
NO_VECTORS = "'delta.enableDeletionVectors' = 'false'"


def Made(properties, rows="10", more=""):
    return f"CREATE TABLE {{t}} USING delta {more} TBLPROPERTIES ({properties}) AS {ROWS}({rows})"


CHECKPOINTS = {
    "checkpoint": f"{Made(SECOND)};\n{CHANGES}\nDELETE FROM {{t}} WHERE id % 4 = 0",
    "checkpoint_in_parts": f"{PARTS};\n{Made(EACH)};\n{CHANGES}\nDELETE FROM {{t}} WHERE id < 15",
    "checkpoint_with_statistics_as_columns": f"""
{Made(f"{SECOND}, {STATISTICS_AS_COLUMNS}", more='PARTITIONED BY (kind)')};
{CHANGES}
DELETE FROM {{t}} WHERE id = 13""",
    **{f"v2_checkpoint_{form}{'_and_sidecars' if parts else ''}": f"""
SET spark.databricks.delta.checkpointV2.topLevelFileFormat = {form};
{PARTS if parts else 'SET spark.databricks.delta.checkpoint.partSize = 1000'};
{Made(f"{SECOND}, {V2}")};
{CHANGES}
DELETE FROM {{t}} WHERE id % 5 = 0""" for form in ("json", "parquet") for parts in (False, True)},
    "v2_checkpoint_of_everything": f"""
{PARTS};
CREATE TABLE {{t}} (id INT, text STRING, part INT) USING delta PARTITIONED BY (part) TBLPROPERTIES ({SECOND}, {V2}, {VECTORS},
  'delta.columnMapping.mode' = 'name', 'delta.enableRowTracking' = 'true', 'delta.enableInCommitTimestamps' = 'true',
  'delta.enableTypeWidening' = 'true', 'delta.feature.vacuumProtocolCheck' = 'supported');
INSERT INTO {{t}} {ROWS}(20);
DELETE FROM {{t}} WHERE id IN (1, 4, 5, 6);
ALTER TABLE {{t}} ALTER COLUMN id TYPE BIGINT;
UPDATE {{t}} SET text = NULL WHERE id = 7""",
    "one_commit_after_a_checkpoint_of_many_files": f"""
CREATE TABLE {{t}} USING delta TBLPROPERTIES ({EACH}) AS SELECT /*+ REPARTITION(130) */ * FROM ({ROWS}(260));
INSERT INTO {{t}} {ROWS}(260, 270)""",
    "checkpoint_upgraded_to_v2": f"""
{Made(SECOND)};
{CHANGES}
ALTER TABLE {{t}} SET TBLPROPERTIES ({V2});
INSERT INTO {{t}} {ROWS}(3);
INSERT INTO {{t}} {ROWS}(2)""",
    "log_compacted": f"{Made(VECTORS)};\n{CHANGES}\nDELETE FROM {{t}} WHERE id < 15;\nINSERT INTO {{t}} {ROWS}(2)",
    "log_compacted_after_a_checkpoint": f"""
{Made(SECOND)};
{CHANGES}
DELETE FROM {{t}} WHERE id < 15;
INSERT INTO {{t}} {ROWS}(2)""",
}

ROWS_HIDDEN = {
    "deletion_vectors": f"""
{Made(VECTORS, '100')};
DELETE FROM {{t}} WHERE id % 10 = 0;
DELETE FROM {{t}} WHERE id BETWEEN 40 AND 60;
INSERT INTO {{t}} {ROWS}(100, 110);
UPDATE {{t}} SET text = 'changed' WHERE id IN (1, 105);
MERGE INTO {{t}} USING (SELECT 2 AS id UNION ALL SELECT 500) AS s ON {{t}}.id = s.id
  WHEN MATCHED THEN UPDATE SET text = 'merged' WHEN NOT MATCHED THEN INSERT (id, text, kind) VALUES (s.id, 'new', 9);
DELETE FROM {{t}} WHERE id BETWEEN 61 AND 99""",
    "deletion_vectors_and_checkpoints": f"""
{Made(f"{VECTORS}, {SECOND}", '50')};
DELETE FROM {{t}} WHERE id = 1;
DELETE FROM {{t}} WHERE id = 2;
DELETE FROM {{t}} WHERE id = 3;
DELETE FROM {{t}} WHERE id = 4""",
    "deletion_vectors_mapping_partitions": f"""
CREATE TABLE {{t}} USING delta PARTITIONED BY (kind) TBLPROPERTIES ({VECTORS}, {SECOND},
  'delta.columnMapping.mode' = 'name') AS {ROWS}(30);
DELETE FROM {{t}} WHERE id IN (3, 4, 5);
ALTER TABLE {{t}} RENAME COLUMN kind TO `the kind`;
DELETE FROM {{t}} WHERE `the kind` = 1 AND id > 20""",
    # More than 65,536 rows: containers of each form, arrays, bitmaps and runs.
    "deletion_vectors_large": f"""
CREATE TABLE {{t}} USING delta TBLPROPERTIES ({VECTORS}) AS SELECT /*+ COALESCE(1) */ CAST(id AS INT) AS id FROM RANGE(140000);
DELETE FROM {{t}} WHERE id % 2 = 0 AND id < 65536;
DELETE FROM {{t}} WHERE id BETWEEN 70000 AND 130000;
DELETE FROM {{t}} WHERE id % 1000 = 999""",
    "deletion_vectors_that_hide_all": f"{Made(VECTORS)};\nDELETE FROM {{t}} WHERE id < 5;\nDELETE FROM {{t}} WHERE id >= 5",
    "deletion_vectors_restored": f"""
{Made(VECTORS, '20')};
DELETE FROM {{t}} WHERE id < 5;
DELETE FROM {{t}} WHERE id < 10;
RESTORE TABLE {{t}} TO VERSION AS OF 1;
DELETE FROM {{t}} WHERE id = 15""",
    "deletion_vectors_purged": f"""
{Made(VECTORS, '20')};
DELETE FROM {{t}} WHERE id < 5;
REORG TABLE {{t}} APPLY (PURGE);
INSERT INTO {{t}} {ROWS}(3)""",
    "rows_deleted_by_rewriting": f"""
{Made(NO_VECTORS, '20')};
DELETE FROM {{t}} WHERE id < 5;
UPDATE {{t}} SET kind = 7 WHERE id = 9;
DELETE FROM {{t}}""",
}

COMMITS = {
    "empty": "CREATE TABLE {t} (id INT, v STRING) USING delta",
    "empty_file_in_it": """
CREATE TABLE {t} USING delta AS SELECT id FROM RANGE(10) WHERE id < 0;
INSERT INTO {t} SELECT * FROM RANGE(2)""",
    "overwritten_and_restored": f"""
{Made("'mine' = '1'")};
INSERT OVERWRITE {{t}} {ROWS}(5);
INSERT INTO {{t}} REPLACE WHERE id < 3 {ROWS}(2);
RESTORE TABLE {{t}} TO VERSION AS OF 0;
TRUNCATE TABLE {{t}}""",
    "overwritten_by_partition": f"""
CREATE TABLE {{t}} USING delta PARTITIONED BY (kind) AS {ROWS}(12);
SET spark.sql.sources.partitionOverwriteMode = dynamic;
INSERT OVERWRITE {{t}} SELECT 100, 'over', 1""",
    "compacted": f"{Made(NO_VECTORS)};\n{CHANGES}\nOPTIMIZE {{t}};\nOPTIMIZE {{t}} ZORDER BY (id)",
    "clustered": f"""
CREATE TABLE {{t}} (id INT, text STRING, kind BIGINT) USING delta CLUSTER BY (kind, id);
{CHANGES}
OPTIMIZE {{t}};
ALTER TABLE {{t}} CLUSTER BY (text);
INSERT INTO {{t}} {ROWS}(3);
OPTIMIZE {{t}} FULL;
ALTER TABLE {{t}} CLUSTER BY NONE""",
    "change_data_feed": f"""
{Made("'delta.enableChangeDataFeed' = 'true'", more='PARTITIONED BY (kind)')};
UPDATE {{t}} SET text = 'changed' WHERE id < 3;
DELETE FROM {{t}} WHERE id = 5;
MERGE INTO {{t}} USING (SELECT 6 AS id UNION ALL SELECT 500) AS s ON {{t}}.id = s.id
  WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, text, kind) VALUES (s.id, 'new', 9)""",
    "row_tracking": f"""
{Made(f"'delta.enableRowTracking' = 'true', {SECOND}")};
UPDATE {{t}} SET text = 'changed' WHERE id < 3;
OPTIMIZE {{t}};
INSERT INTO {{t}} {ROWS}(3)""",
    "row_tracking_from_later": f"""
{Made(SECOND)};
ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.enableRowTracking' = 'true');
{CHANGES}""",
    "in_commit_timestamps": f"""
{Made(COMMIT_TIMES)};
{CHANGES}""",
    "in_commit_timestamps_from_later": f"""
{Made(SECOND)};
ALTER TABLE {{t}} SET TBLPROPERTIES ({COMMIT_TIMES});
{CHANGES}""",
    "statistics_that_change": f"""
{Made("'delta.dataSkippingNumIndexedCols' = '0'")};
ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '1');
INSERT INTO {{t}} {ROWS}(3);
ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.dataSkippingStatsColumns' = 'kind');
INSERT INTO {{t}} {ROWS}(3)""",
    **{f"protocol_{reader}_{writer}": Made(f"'delta.minReaderVersion' = '{reader}', 'delta.minWriterVersion' = '{writer}'")
       for reader, writer in ((1, 1), (1, 4), (2, 5), (3, 7))},
    # Supported, which is not yet used.
    **{f"features_{at}": Made(", ".join(f"'delta.feature.{name}' = 'supported'" for name in names)) + ONE_MORE
       for at, names in enumerate((
           ("vacuumProtocolCheck", "domainMetadata", "checkpointProtection", "columnMapping", "timestampNtz", "v2Checkpoint",
            "typeWidening", "variantType", "variantShredding", "deletionVectors", "inCommitTimestamp"),
           ("typeWidening-preview", "variantType-preview", "materializePartitionColumns")))},
    "feature_that_was_dropped": f"""
{Made(VECTORS)};
DELETE FROM {{t}} WHERE id = 1;
ALTER TABLE {{t}} DROP FEATURE deletionVectors""",
    "iceberg_compatible": Made("'delta.enableIcebergCompatV2' = 'true', 'delta.columnMapping.mode' = 'name'",
                               more="PARTITIONED BY (kind)") + ONE_MORE,
    "a_writers_own_versions": """
CREATE TABLE {t} (id INT) USING delta;
SET spark.databricks.delta.write.txnAppId = job;
SET spark.databricks.delta.write.txnVersion = 7;
INSERT INTO {t} VALUES (1);
INSERT INTO {t} VALUES (2)""",
    "shallow_clone": f"CREATE TABLE {{t}} SHALLOW CLONE delta.`{{root}}/compacted/table`;\nINSERT INTO {{t}} {ROWS}(3)",
    "variants": f"""
CREATE TABLE {{t}} (id INT, v VARIANT, s STRUCT<v: VARIANT>, l ARRAY<VARIANT>) USING delta TBLPROPERTIES ({SECOND}, {VECTORS});
INSERT INTO {{t}} SELECT id, parse_json(CONCAT('{{"key": ', id, '}}')), struct(id::variant), array(NULL, id::variant)
  FROM RANGE(20);
INSERT INTO {{t}} VALUES (NULL, NULL, NULL, NULL);
DELETE FROM {{t}} WHERE id = 3""",
    "variants_of_the_preview": f"""
SET spark.databricks.delta.variant.forceUsePreviewTableFeature = true;
SET spark.databricks.delta.variantShredding.forceUsePreviewTableFeature = true;
CREATE TABLE {{t}} (id INT, v VARIANT) USING delta TBLPROPERTIES ({SECOND}, 'delta.enableVariantShredding' = 'true');
INSERT INTO {{t}} VALUES (1, parse_json('[1, "a"]')), (2, NULL);
INSERT INTO {{t}} VALUES (3, 3::variant)""",
    "variants_shredded": f"""
SET spark.sql.variant.writeShredding.enabled = true;
SET spark.sql.variant.forceShreddingSchemaForTest = struct<key bigint, more string>;
CREATE TABLE {{t}} (id INT, v VARIANT) USING delta
  TBLPROPERTIES ({SECOND}, 'delta.enableVariantShredding' = 'true', 'delta.checkpoint.writeStatsAsStruct' = 'true');
INSERT INTO {{t}} SELECT id, parse_json(CONCAT('{{"key": ', id, ', "rest": [1]}}}}')) FROM RANGE(20);
INSERT INTO {{t}} VALUES (NULL, NULL)""",
}
