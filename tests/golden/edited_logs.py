# SPDX-License-Identifier: MIT
"""What is done to a table's log after Spark wrote it: what log clean-up, a crash or another maintenance job would have done."""

import json

from tests.harness.readers import Versions


def Log(table):
    return table / "_delta_log"


def CheckpointVersions(table):
    return sorted({int(path.name[:20]) for path in Log(table).glob("[0-9]*.checkpoint.*")})


def DropCommitsBeforeTheCheckpoint(table, _):
    newest = CheckpointVersions(table)[-1]
    for version in Versions(table):
        if version < newest:
            (Log(table) / f"{version:020}.json").unlink()


def DropLastCheckpoint(table, _):
    (Log(table) / "_last_checkpoint").unlink()


def DamageLastCheckpoint(table, _):
    (Log(table) / "_last_checkpoint").write_text('{"version":4,"size"')


def LieInLastCheckpoint(table, _):
    (Log(table) / "_last_checkpoint").write_text(json.dumps({"version": 1, "size": 3, "parts": 7}))


def Compact(first, last):
    """By Delta's own kernel, which Spark's jars bring."""

    def Edit(table, spark):
        jvm = spark.session._jvm
        engine = jvm.io.delta.kernel.defaults.engine.DefaultEngine.create(spark.session._jsc.hadoopConfiguration())
        kernel = jvm.io.delta.kernel.internal
        folder = kernel.fs.Path(f"file:{table}")
        log = kernel.fs.Path(f"file:{Log(table)}")
        kernel.hook.LogCompactionHook(folder, log, first, last, 0).threadSafeInvoke(engine)
        assert (Log(table) / f"{first:020}.{last:020}.compacted.json").exists()

    return Edit


# In place.
EDITS = {
    "v2_checkpoint_of_everything": DropCommitsBeforeTheCheckpoint,
    "deletion_vectors_and_checkpoints": DropCommitsBeforeTheCheckpoint,
    "checkpoint_in_parts": DropCommitsBeforeTheCheckpoint,
    "log_compacted": Compact(1, 3),
    "log_compacted_after_a_checkpoint": Compact(3, 4),
}
# Of a copy: name -> the table copied, and what is done to it.
COPIES = {
    "checkpoint_without_the_commits_before": ("checkpoint", DropCommitsBeforeTheCheckpoint),
    "last_checkpoint_that_is_damaged": ("checkpoint", DamageLastCheckpoint),
    "last_checkpoint_that_is_gone": ("checkpoint", DropLastCheckpoint),
    "last_checkpoint_that_lies": ("checkpoint", LieInLastCheckpoint),
}
