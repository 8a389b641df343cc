# SPDX-License-Identifier: MIT
"""CSV files into Delta tables: every row arrives once or is set aside with its line and reason."""

import gzip
import json
import random
import resource
import shutil
import signal
import time

import pyarrow.compute as pc
import pytest

from tests.batch.conftest import Kill, Table

MIB = 1 << 20
HEADER = b"Id,Name,Price,Made\n"


def Row(i):
    return b"%d,name %d,%d.25,2026-01-02 03:04:05\n" % (i, i, i % 1000)


def BadRows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def Write(path, rows, header=HEADER):
    path.write_bytes(header + b"".join(rows))
    return path


def Ids(path):
    return sorted(Table(path)["Id"].to_pylist())


PLANTED = {
    70_000: (b"x70000,no number,1.25,2026-01-02 03:04:05\n", "Id", "x70000"),
    123_456: (b"123456,caf\xe9,1.25,2026-01-02 03:04:05\n", None, "UTF-8"),
    300_000: (b"300000,too few\n", None, "columns"),
    300_001: (b"300001,too many,1.25,2026-01-02 03:04:05,more\n", None, "columns"),
    500_000: (b'500000,"never closed,1.25,2026-01-02 03:04:05\n', None, "quote"),
    700_000: (b"700000,no price,much,2026-01-02 03:04:05\n", "Price", "much"),
    800_000: (b"800000,no time,1.25,yesterday\n", "Made", "yesterday"),
    999_999: (b'999999,"torn at the e', None, "quote"),
}
MANY_LINES = 250_000  # its row has two lines: from there on a row's line is one more


def Million(path):
    """A million rows, some of them bad; {line: (row's number, text)} of the bad ones."""
    lines, line = {}, 1
    with open(path, "wb") as out:
        out.write(HEADER)
        for i in range(1_000_000):
            line += 1
            if i in PLANTED:
                lines[line] = i
                out.write(PLANTED[i][0])
            elif i == MANY_LINES:
                out.write(b'%d,"two\nlines",1.25,2026-01-02 03:04:05\n' % i)
                line += 1
            else:
                out.write(Row(i))
    return lines


@pytest.mark.timeout(900)
def test_a_million_rows_with_planted_bad_ones(foreset, tmp_path):
    lines = Million(tmp_path / "million.csv")
    bad = tmp_path / "bad.jsonl"
    run = ("csv-to-delta", tmp_path / "million.csv", tmp_path / "T", "--bad-rows", bad, "--memory", "128MiB")
    ended = foreset(*run, "--report", tmp_path / "report.json", exits=4)
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["rows"], report["bad_rows"]) == (1_000_000 - len(PLANTED), len(PLANTED))
    assert ended.peak < 600 * MIB, f"{ended.peak / MIB:.0f} MiB"

    told = {row["line"]: row for row in BadRows(bad)}
    assert sorted(told) == sorted(lines)
    for line, i in lines.items():
        text, column, reason = PLANTED[i]
        row = told[line]
        raw = bytes.fromhex(row["bytes"]) if "bytes" in row else row["text"].encode()
        assert raw == text.rstrip(b"\n"), row
        assert reason in row["reason"] + row["text"] and row["file"].endswith("million.csv"), row
        assert column is None or row["column"] == column, row

    table = Table(tmp_path / "T")
    ids = table["Id"]
    assert len(ids) == pc.count_distinct(ids).as_py() == 1_000_000 - len(PLANTED)
    assert pc.sum(ids).as_py() == sum(range(1_000_000)) - sum(PLANTED)
    assert [str(field.type) for field in table.schema] == ["int64", "string", "decimal128(18, 2)", "timestamp[us]"]
    assert table.filter(pc.equal(table["Id"], MANY_LINES))["Name"].to_pylist() == ["two\nlines"]

    # Again: it is there already.
    again = foreset.Report(*run)
    assert (again["rows"], again["files"][0]["outcome"]) == (0, "skipped")
    assert len(BadRows(bad)) == len(PLANTED)


def test_without_a_side_file_bad_rows_load_nothing(foreset, tmp_path):
    Write(tmp_path / "a.csv", [Row(1), b"x,y,z,w\n"] + [Row(i) for i in range(2, 50)])
    schema = ("--schema", "Id BIGINT, Price DOUBLE, Made TIMESTAMP")
    ended = foreset("csv-to-delta", "a.csv", "T", *schema, exits=1)
    assert "E8403" in ended.err and "line 3" in ended.err and "x,y,z,w" in ended.err
    assert not (tmp_path / "T" / "_delta_log").exists()
    assert foreset.Report("csv-to-delta", "a.csv", "T", *schema, "--bad-rows", "bad.jsonl", exits=4)["rows"] == 49


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_compressed_files_hold_the_same(foreset, tmp_path, ending):
    rows = [Row(i) for i in range(100_000)]
    rows[77_000] = b"x,y,1.25,2026-01-02 03:04:05\n"
    rows[88_000] = b'88000,"open,1.25,2026-01-02 03:04:05\n'
    raw = HEADER + b"".join(rows)
    if ending == "gz":
        packed = gzip.compress(raw)
    else:
        import pyarrow

        packed = pyarrow.compress(raw, codec="zstd", asbytes=True)
    (tmp_path / f"a.csv.{ending}").write_bytes(packed)
    report = foreset.Report("csv-to-delta", f"a.csv.{ending}", "T", "--bad-rows", "bad.jsonl", exits=4)
    assert (report["rows"], report["bad_rows"]) == (99_998, 2)
    assert sorted(row["line"] for row in BadRows(tmp_path / "bad.jsonl")) == [77_002, 88_002]
    assert pc.sum(Table(tmp_path / "T")["Id"]).as_py() == sum(range(100_000)) - 77_000 - 88_000


def test_a_damaged_archive_loads_nothing(foreset, tmp_path):
    packed = gzip.compress(HEADER + b"".join(Row(i) for i in range(50_000)))
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    ended = foreset("csv-to-delta", "a.csv.gz", "T", exits=None)
    assert ended.code == 1 and "E84" in ended.err
    assert not (tmp_path / "T" / "_delta_log").exists()


def Parts(folder, count, rows):
    folder.mkdir()
    for part in range(count):
        Write(folder / f"part-{part:03}.csv", [Row(part * rows + i) for i in range(rows)] + [b"bad,%d\n" % part])


@pytest.mark.timeout(600)
def test_a_kill_in_the_middle_and_a_second_run_load_every_file_once(foreset, tmp_path):
    count, rows = 24, 20_000
    Parts(tmp_path / "in", count, rows)
    run = ("csv-to-delta", tmp_path / "in", tmp_path / "T", "--bad-rows", tmp_path / "bad.jsonl")
    kills = random.Random(5)
    log = tmp_path / "T" / "_delta_log"
    for wanted in (2, 9, 16):
        process = foreset.Start(*run)
        while process.poll() is None and len(list(log.glob("*.json"))) < wanted:
            time.sleep(0.01)
        time.sleep(kills.random() * 0.3)
        assert process.poll() is None, "it ended before it could be killed"
        Kill(process)
    assert 0 < len(list(log.glob("*.json"))) <= count
    report = foreset.Report(*run, exits=4)
    outcomes = [file["outcome"] for file in report["files"]]
    assert outcomes.count("skipped") >= 14 and outcomes.count("loaded") >= 1
    assert Ids(tmp_path / "T") == list(range(count * rows))
    assert sorted(row["text"] for row in BadRows(tmp_path / "bad.jsonl")) == sorted(f"bad,{i}" for i in range(count))
    assert foreset.Report(*run)["rows"] == 0


def test_a_pattern_takes_new_files_only(foreset, tmp_path):
    for day in (1, 2):
        Write(tmp_path / f"day-{day}.csv", [Row(day)])
        Write(tmp_path / f"other-{day}.csv", [Row(100)])
        report = foreset.Report("csv-to-delta", "day-*.csv", "T")
        assert (report["rows"], len(report["files"])) == (1, day)
    assert Ids(tmp_path / "T") == [1, 2]


def test_a_file_that_changed_since_it_was_loaded_is_refused_where_rows_would_double(foreset, tmp_path):
    Write(tmp_path / "a.csv", [Row(1)])
    foreset("csv-to-delta", "a.csv", "T")
    Write(tmp_path / "a.csv", [Row(1), Row(2)])
    ended = foreset("csv-to-delta", "a.csv", "T", exits=1)
    assert "E8416" in ended.err and "--mode upsert" in ended.err
    assert Ids(tmp_path / "T") == [1]
    foreset("csv-to-delta", "a.csv", "T", "--mode", "upsert", "--key", "Id")
    assert Ids(tmp_path / "T") == [1, 2]
    assert foreset.Report("csv-to-delta", "a.csv", "T")["files"][0]["outcome"] == "skipped"
    # What stood there before is other content again.
    Write(tmp_path / "a.csv", [Row(3)])
    assert "E8416" in foreset("csv-to-delta", "a.csv", "T", exits=1).err
    foreset("csv-to-delta", "a.csv", "T", "--mode", "overwrite")
    assert Ids(tmp_path / "T") == [3]


def test_upsert_keeps_the_last_row_of_each_key(foreset, tmp_path):
    upsert = ("--mode", "upsert", "--key", "Id")
    Write(tmp_path / "a.csv", [Row(i) for i in range(50_000)])
    foreset("csv-to-delta", "a.csv", "T", *upsert)
    Write(tmp_path / "b.csv", [b"%d,second,1.25,2026-01-02 03:04:05\n" % i for i in range(40_000, 60_000)]
          + [b"7,third,1.25,2026-01-02 03:04:05\n", b"7,last,1.25,2026-01-02 03:04:05\n"])
    report = foreset.Report("csv-to-delta", "b.csv", "T", *upsert)
    assert (report["rows"], report["replaced"]) == (20_002, 10_001)
    table = Table(tmp_path / "T")
    wanted = {i: f"name {i}" for i in range(40_000)} | {i: "second" for i in range(40_000, 60_000)} | {7: "last"}
    assert dict(zip(table["Id"].to_pylist(), table["Name"].to_pylist())) == wanted
    assert len(table) == len(wanted)
    assert foreset.Report("csv-to-delta", "b.csv", "T", *upsert)["files"][0]["outcome"] == "skipped"
    Write(tmp_path / "c.csv", [Row(1)])
    assert "E8414" in foreset("csv-to-delta", "c.csv", "T", "--mode", "upsert", "--key", "No", exits=2).err


def test_upsert_by_two_columns_and_null(foreset, tmp_path):
    key = ("--mode", "upsert", "--key", "A,B")
    Write(tmp_path / "a.csv", [b"1,x,one\n", b"1,,null\n", b"2,x,two\n"], b"A,B,V\n")
    Write(tmp_path / "b.csv", [b"1,,changed\n", b"3,x,three\n"], b"A,B,V\n")
    foreset("csv-to-delta", "a.csv", "T", *key)
    foreset("csv-to-delta", "b.csv", "T", *key)
    rows = {(row["A"], row["B"]): row["V"] for row in Table(tmp_path / "T").to_pylist()}
    assert rows == {(1, "x"): "one", (1, None): "changed", (2, "x"): "two", (3, "x"): "three"}


def test_upsert_keeps_values_of_columns_that_the_file_lacks(foreset, tmp_path):
    key = ("--mode", "upsert", "--key", "file,row")
    Write(tmp_path / "a.csv", [b"a,1,x,2.5\n", b"b,2,y,\n", b"b,3,z,3.5\n"], b"file,row,Name,Price\n")
    foreset("csv-to-delta", "a.csv", "T", *key)
    Write(tmp_path / "b.csv", [b"once,a,1\n", b"X,a,1\n", b"Y,b,2\n", b"new,c,9\n"], b"name,FILE,row\n")
    foreset("csv-to-delta", "b.csv", "T", *key)
    rows = sorted((row["file"], row["row"], row["Name"], str(row["Price"])) for row in Table(tmp_path / "T").to_pylist())
    assert rows == [("a", 1, "X", "2.5"), ("b", 2, "Y", "None"), ("b", 3, "z", "3.5"), ("c", 9, "new", "None")]
    Write(tmp_path / "c.csv", [b"1,x\n"], b"row,Name\n")
    assert "E8414" in foreset("csv-to-delta", "c.csv", "T", *key, exits=2).err


def test_new_columns_come_when_asked_for(foreset, tmp_path):
    Write(tmp_path / "a.csv", [b"1,x\n"], b"Id,Name\n")
    Write(tmp_path / "b.csv", [b"2.5,2,y\n"], b"Price,id,Name\n")
    foreset("csv-to-delta", "a.csv", "T")
    refused = foreset("csv-to-delta", "b.csv", "T", exits=1)
    assert "E8405" in refused.err and "Price" in refused.err
    foreset("csv-to-delta", "b.csv", "T", "--evolve")
    assert sorted(Table(tmp_path / "T").to_pylist(), key=lambda row: row["Id"]) == [
        {"Id": 1, "Name": "x", "Price": None}, {"Id": 2, "Name": "y", "Price": 2.5}]


def test_overwrite_replaces_rows_and_columns_at_once(foreset, tmp_path):
    Write(tmp_path / "a.csv", [b"1,x\n"], b"Id,Name\n")
    Write(tmp_path / "b.csv", [b"7,true\n"], b"Number,Flag\n")
    foreset("csv-to-delta", "a.csv", "T")
    foreset("csv-to-delta", "b.csv", "T", "--mode", "overwrite")
    assert Table(tmp_path / "T").to_pylist() == [{"Number": 7, "Flag": True}]
    # What was replaced is not there: it is loaded again when asked for.
    assert "--header" in foreset("csv-to-delta", "a.csv", "T", "--evolve", exits=1).err
    foreset("csv-to-delta", "a.csv", "T", "--evolve", "--header", "yes")
    assert len(Table(tmp_path / "T")) == 2


def test_types_are_those_that_all_files_show(foreset, tmp_path):
    (tmp_path / "in").mkdir()
    Write(tmp_path / "in" / "a.csv", [], b"Id,V\n")
    Write(tmp_path / "in" / "b.csv", [b"1,2\n"], b"Id,V\n")
    Write(tmp_path / "in" / "c.csv", [b"2,2.5\n"], b"Id,V\n")
    (tmp_path / "in" / "notes.md").write_text("not a table")
    (tmp_path / "in" / "_SUCCESS").write_text("")
    report = foreset.Report("csv-to-delta", "in", "T")
    assert report["columns"] == [{"name": "Id", "type": "BIGINT"}, {"name": "V", "type": "DECIMAL(18,1)"}]
    assert len(report["files"]) == 3 and [name.rsplit("/")[-1] for name in report["other_files"]] == ["notes.md"]


def test_schema_overrides_what_is_inferred(foreset, tmp_path):
    Write(tmp_path / "a.csv", [b"1,2.50,007\n"], b"Id,Price,Code\n")
    foreset("csv-to-delta", "a.csv", "T", "--schema", "Price DECIMAL(18,2), Code VARCHAR")
    table = Table(tmp_path / "T")
    assert str(table.schema.field("Price").type) == "decimal128(18, 2)"
    assert table.to_pylist()[0]["Code"] == "007"
    assert "E8406" in foreset("csv-to-delta", "a.csv", "U", "--schema", "Price WHAT", exits=2).err
    assert "E8402" in foreset("csv-to-delta", "a.csv", "U", "--schema", "Cost BIGINT", exits=1).err


def test_dialects_are_found_out_or_said(foreset, tmp_path):
    Write(tmp_path / "a.csv", [b"1;'a;b'\r\n", b"2;'c''d'\r\n"] * 5, b"Id;Text\r\n")
    report = foreset.Report("csv-to-delta", "a.csv", "T", "--quote", "'")
    assert report["files"][0]["dialect"]["delimiter"] == ";"
    assert set(Table(tmp_path / "T")["Text"].to_pylist()) == {"a;b", "c'd"}
    (tmp_path / "b.tsv").write_bytes(b"1\tx\n2\ty\n")
    foreset("csv-to-delta", "b.tsv", "U", "--header", "no", "--delimiter", "tab")
    assert len(Table(tmp_path / "U")) == 2


def test_mixed_encodings_are_set_aside_or_read_as_what_they_are(foreset, tmp_path):
    Write(tmp_path / "a.csv", [b"1,caf\xc3\xa9\n", b"2,caf\xe9\n", b"3,plain\n"], b"Id,Name\n")
    foreset("csv-to-delta", "a.csv", "T", "--bad-rows", "bad.jsonl", exits=4)
    assert Table(tmp_path / "T")["Name"].to_pylist() == ["café", "plain"]
    (bad,) = BadRows(tmp_path / "bad.jsonl")
    assert bad["line"] == 3 and bytes.fromhex(bad["bytes"]) == b"2,caf\xe9"
    Write(tmp_path / "b.csv", [b"2,caf\xe9\n"] * 3, b"Id,Name\n")
    foreset("csv-to-delta", "b.csv", "U", "--encoding", "latin-1")
    assert set(Table(tmp_path / "U")["Name"].to_pylist()) == {"café"}


def test_a_torn_last_line_is_set_aside(foreset, tmp_path):
    Write(tmp_path / "a.csv", [Row(i) for i in range(1000)] + [b"1000,torn,1."])
    foreset("csv-to-delta", "a.csv", "T", "--bad-rows", "bad.jsonl", exits=4)
    (bad,) = BadRows(tmp_path / "bad.jsonl")
    assert (bad["line"], bad["text"]) == (1002, "1000,torn,1.")
    assert Ids(tmp_path / "T") == list(range(1000))


def Limited():
    """As on a full disk: no file of more than half a mebibyte, and the signal for it unheard."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB // 2, MIB // 2))


def test_a_full_disk_loses_nothing_and_a_second_run_completes(foreset, tmp_path):
    (tmp_path / "in").mkdir()
    Write(tmp_path / "in" / "a.csv", [Row(i) for i in range(1000)])
    Write(tmp_path / "in" / "b.csv", [b"%d,%032x,1.5,2026-01-02 03:04:05\n" % (i, random.getrandbits(128))
                                      for i in range(1000, 60_000)])
    ended = foreset("csv-to-delta", "in", "T", prepare=Limited, exits=75)
    assert "E3" in ended.err, ended.err
    assert Ids(tmp_path / "T") == list(range(1000)), "the first file fits"
    report = foreset.Report("csv-to-delta", "in", "T")
    assert [file["outcome"] for file in report["files"]] == ["skipped", "loaded"]
    assert Ids(tmp_path / "T") == list(range(60_000))


def test_a_dry_run_tells_and_writes_nothing(foreset, tmp_path):
    Write(tmp_path / "a.csv", [Row(i) for i in range(100)] + [b"x\n"])
    report = foreset.Report("csv-to-delta", "a.csv", "T", "--dry-run", "--bad-rows", "bad.jsonl", exits=4)
    assert (report["rows"], report["bad_rows"], report["files"][0]["outcome"]) == (100, 1, "checked")
    assert [column["type"] for column in report["columns"]] == ["BIGINT", "VARCHAR", "DECIMAL(18,2)", "TIMESTAMP"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "report.json"]


def test_a_table_that_a_pipeline_keeps_is_refused(foreset, tmp_path):
    Write(tmp_path / "a.csv", [Row(1)])
    foreset("csv-to-delta", "a.csv", "T")
    log = tmp_path / "T" / "_delta_log"
    version = len(list(log.glob("*.json")))
    (log / f"{version:020}.json").write_text(json.dumps(
        {"domainMetadata": {"domain": "foreset.progress", "configuration": "{}", "removed": False}}) + "\n")
    Write(tmp_path / "b.csv", [Row(2)])
    assert "E8404" in foreset("csv-to-delta", "b.csv", "T", exits=1).err


def test_tables_of_other_programs_are_loaded_into(foreset, tmp_path):
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(str(tmp_path / "T"), pa.table({"Id": pa.array([1], pa.int32()), "Name": ["x"]}))
    Write(tmp_path / "a.csv", [b"2,y\n", b"3000000000,too large\n"], b"Id,Name\n")
    foreset("csv-to-delta", "a.csv", "T", "--bad-rows", "bad.jsonl", exits=4)
    rows = sorted(Table(tmp_path / "T").to_pylist(), key=lambda row: row["Id"])
    assert rows == [{"Id": 1, "Name": "x"}, {"Id": 2, "Name": "y"}]


def test_names_that_delta_forbids_get_column_mapping(foreset, tmp_path, spark):
    Write(tmp_path / "a.csv", [b"1,2.5\n"], b"Order Id,Unit (EUR)\n")
    foreset("csv-to-delta", "a.csv", "T")
    assert spark.Frame(tmp_path / "T").collect()[0].asDict() == {"Order Id": 1, "Unit (EUR)": 2.5}


def test_nothing_to_read_is_told(foreset, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("absent.csv", "no-*.csv", "empty"):
        assert "E8401" in foreset("csv-to-delta", name, "T", exits=2).err
    (tmp_path / "zero.csv").write_bytes(b"")
    assert "E8402" in foreset("csv-to-delta", "zero.csv", "T", exits=1).err
    shutil.rmtree(tmp_path / "empty")


def test_other_programs_may_write_to_the_table(foreset, tmp_path):
    import pyarrow as pa
    from deltalake import DeltaTable, write_deltalake

    Write(tmp_path / "a.csv", [b"1,x\n"], b"Id,Name\n")
    foreset("csv-to-delta", "a.csv", "T")
    write_deltalake(str(tmp_path / "T"), pa.table({"Id": [2], "Name": ["y"]}), mode="append")
    DeltaTable(str(tmp_path / "T")).delete("Id = 1")
    Write(tmp_path / "b.csv", [b"3,z\n"], b"Id,Name\n")
    foreset("csv-to-delta", "b.csv", "T")
    assert Ids(tmp_path / "T") == [2, 3]
