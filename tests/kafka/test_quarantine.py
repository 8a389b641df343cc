# SPDX-License-Identifier: MIT
"""Records that could not be read are read again when somebody says so: each at its own place, exactly once."""

import json

import pytest

from tests.kafka.messages import Topics
from tests.kafka.topic_lake import Counts, TopicLake

ID_V = {"id": "INT", "v": "VARCHAR"}
MISTAKEN = {"unavailable.value.placeholder": "NA"}


@pytest.fixture(scope="module")
def server(servers):
    return servers("mysql")


def Quarantined(lake):
    return [json.loads(line) for line in
            lake.Command("quarantine", "show", "-c", lake.config, "-o", "jsonl").out.splitlines()]


def Retry(lake, *arguments, exits=0):
    """(put through, kept) by table."""
    said = lake.Command("quarantine", "retry", *arguments, "-c", lake.config, "-o", "json", exits=exits)
    counts = {}
    for row in json.loads(said.out):
        put, kept = counts.get(row["table"], (0, 0))
        counts[row["table"]] = (put + row["put through"], kept + row["kept"])
    return counts


def test_records_are_put_through_again(server, kafka, tmp_path):
    topics = Topics(kafka, "reread", "d")
    topics.Create("T", ID_V)
    topics.Create("Keyless", ID_V, key=())
    row = lambda table, operation, position, number, value, before=None: topics.Row(
        table, operation, position, {"id": number, "v": value}, before=before and {"id": number, "v": before})
    topics.Put("T", row("T", "c", 200, 1, "a"), row("T", "c", 210, 2, "NA"), row("T", "c", 220, 3, "NA"),
               row("T", "u", 230, 3, "x", "NA"), row("T", "c", 240, 4, "NA"), row("T", "d", 250, 4, "NA"),
               row("T", "c", 260, 5, "b"), row("T", "u", 270, 5, "NA", "b"), (b"1", b"not JSON"))
    topics.Put("Keyless", row("Keyless", "c", 300, 1, "NA"), row("Keyless", "c", 310, 1, "NA"),
               row("Keyless", "d", 320, 1, "NA"), row("Keyless", "c", 330, 2, "z"))
    lake = TopicLake(tmp_path, server, "d", kafka, "reread", beside=False, modes=MISTAKEN)
    assert Counts(lake.Run())["quarantined"] == 9
    assert {r["id"]: r["v"] for r in lake.Silver("T")} == {1: "a", 3: "x", 5: "b"}
    before = {(r["_topic"], r["_offset"]): r["_seq"] for r in Quarantined(lake)}
    assert Retry(lake, exits=4) == {"d.T": (0, 6), "d.Keyless": (0, 3)} and len(Quarantined(lake)) == 9

    lake.settings["source"]["kafka"]["modes"] = {}
    lake.Configure({})
    assert Retry(lake, "T", "--where", "_offset = 7") == {"d.T": (1, 0)}
    assert Retry(lake, exits=4) == {"d.T": (4, 1), "d.Keyless": (3, 0)}
    assert [r["bytes"] for r in Quarantined(lake)] and len(Quarantined(lake)) == 1
    lake.Run()
    assert {r["id"]: r["v"] for r in lake.Silver("T")} == {1: "a", 2: "NA", 3: "x", 5: "NA"}
    assert sorted((r["id"], r["v"]) for r in lake.Silver("Keyless")) == [(1, "NA"), (2, "z")]
    taken = {(r["_topic"], r["_offset"]): r["_seq"] for table in ("T", "Keyless") for r in lake.Bronze(table)}
    assert len(taken) == 12 and {place: taken[place] for place in before if place in taken} == \
        {place: seq for place, seq in before.items() if place[1] != 8}
    assert {(r["id"], r["_op"]) for r in lake.History("T") if r["_late"]} == {(3, "INSERT")}
    # Twice is once, and the topics go on.
    assert Retry(lake, exits=4) == {"d.T": (0, 1)}
    topics.Put("T", row("T", "u", 400, 2, "later", "NA"))
    lake.Run()
    assert len(lake.Bronze("T")) == 9 and {r["id"]: r["v"] for r in lake.Silver("T")}[2] == "later"
    lake.Verify()

    assert lake.Command("quarantine", "drop", "-c", lake.config, exits=2).code == 2 and len(Quarantined(lake)) == 1
    lake.Command("quarantine", "drop", "T", "--yes", "-c", lake.config)
    assert Quarantined(lake) == [] and Retry(lake) == {}
    assert "DROP FROM QUARANTINE" in lake.Command("table", "history", "bronze/_quarantine", "-c", lake.config).out
