# SPDX-License-Identifier: MIT
"""Carries out a scenario whose lake is in Parquet mode, and what has to hold of such a lake."""

import json

import pyarrow.parquet as pq

from tests.harness.lakes import ParquetLake
from tests.harness.pipelines import NativePipeline
from tests.harness.values import Differences, Rows
from tests.parquet.plain_readers import DatasetReader, DuckDbReader, Glob, GlobReader
from tests.scenarios.scenario_runner import DATABASE, Runner


class ParquetRunner(Runner):
    """The rows that a scenario expects are read by a plain glob; at the end other plain readers read the same, and the
    folders hold what the manifests say."""

    def __init__(self, scenario, server, directory, others=()):
        pipeline = NativePipeline(directory, server, DATABASE, ParquetLake(directory / "lake"))
        super().__init__(scenario, server, directory, [GlobReader()], pipeline)
        self.others = [DuckDbReader(), DatasetReader(), *others]

    def CheckReaders(self):
        for name in self.foreset.tables.Names():
            self.CheckFolder(name)
            table = self.ArrowTable(name)
            rows = Rows.FromArrow(table)
            difference = Differences(rows, self.foreset.Cat(name, None, table.schema), "a plain glob", "foreset")
            for reader in self.others:
                if self.CanRead(reader, name):
                    read = reader.Read(self.foreset.lake / name)
                    difference += Differences(rows, read.Select(rows.columns), "a plain glob", reader.name)
            assert not difference, f"{name}: {difference}"

    def CanRead(self, reader, name):
        """Members of structs that only some of bronze's parts have are more than pyarrow.dataset can read."""
        images = {str(column) for file in Glob(self.foreset.lake / name) for column in Images(file)}
        return not isinstance(reader, DatasetReader) or len(images) <= 1

    def CheckFolder(self, name):
        """Nothing is shown that is not in the table, nothing waits to be shown, and the list names what is there."""
        folder = self.foreset.lake / name
        shown = {str(file.relative_to(folder)) for file in Glob(folder)} - {"empty.parquet"}
        left = [str(file) for file in folder.rglob("_*.staged")]
        assert not left, f"{name}: staged files were left: {left}"
        listed = folder / "_manifest" / "current.json"
        parts = name.startswith("bronze/") and not name.startswith("bronze/_")
        assert listed.exists() != parts, f"{name}: a list of files is for tables that replace some"
        if not parts:
            named = {file["path"] for file in json.loads(listed.read_text())["files"]}
            assert shown == named, f"{name}: the folder shows {sorted(shown)}, the list names {sorted(named)}"
        assert shown or (folder / "empty.parquet").exists(), f"{name}: no file tells the columns"
        assert not (shown and (folder / "empty.parquet").exists()), f"{name}: empty.parquet was left"


def Images(file):
    schema = pq.read_schema(file)
    return [schema.field(name).type for name in ("before",) if name in schema.names]
