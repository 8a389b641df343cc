# SPDX-License-Identifier: MIT
"""What a lake must be when a pipeline that was killed has come to its end: held against the source's own SELECT and its
own binlog."""

from tests.harness.readers import DeltaLakeReader
from tests.harness.source_rows import SourceRows, TablesOf
from tests.harness.values import Differences
from tests.kill.binlog_changes import FirstDifference


def AssertLayersAreTheSource(lake):
    reader = DeltaLakeReader()
    for table in TablesOf(lake.server, lake.database):
        source = SourceRows(lake.server, lake.database, table)
        for name in (f"silver/{table}", f"gold/{table}_current"):
            difference = Differences(source, reader.Read(lake.lake / name).Select(source.columns), "source", name)
            assert not difference, f"{name} is not what the source holds: {difference}"


def AssertBronzeIsTheBinlog(lake, changes, passing=frozenset()):
    """Each table has the log's changes (PlacedChanges, from before all tables were made) from its copy on, or from its
    CREATE on, each once, without a gap and in the log's order. Names in `passing` stand for no rows in the end."""
    living = set(TablesOf(lake.server, lake.database))
    assert set(changes) - passing >= living, "tables without any change"
    for table in sorted(set(changes) - passing):
        if not lake.tables.Versions(f"bronze/{table}"):
            assert table not in living, f"there is no bronze/{table}"
            continue  # it came and went while nobody looked
        copied, streamed = EventsOf(lake, table)
        places = {place for place, _ in copied}
        assert len(places) <= 1, f"bronze/{table} has rows of several copies: {places}"
        assert len({event[2] for _, event in copied}) == len(copied), f"bronze/{table}: a row was copied twice"
        # A copy that was begun, and made later, has what came between as well. One of a table that is gone may never
        # have been made.
        due = sum(table in living and (not places or place >= max(places)) for place, _ in changes[table])
        begun = len(changes[table]) - max(due, len(streamed))
        wanted = [event for _, event in changes[table][max(0, begun):]]
        assert streamed == wanted, f"bronze/{table} is not the binlog: {FirstDifference(streamed, wanted)}"


def EventsOf(lake, table):
    """([(place, event)] that were copied, [event] that were streamed) in the order of bronze."""
    arrow = DeltaLakeReader().Table(lake.lake / "bronze" / table)
    images = [arrow[side].combine_chunks().field("Id").to_pylist() for side in ("before", "after")]
    columns = [arrow[name].to_pylist() for name in ("_seq", "_op", "_file", "_pos")]
    rows = sorted(zip(*columns, *images))
    assert len({row[0] for row in rows}) == len(rows), f"bronze/{table}: a _seq comes twice"
    copied = [((file, pos), (op, before, after)) for _, op, file, pos, before, after in rows if op == "r"]
    return copied, [(op, before, after) for _, op, _, _, before, after in rows if op in "cud"]
