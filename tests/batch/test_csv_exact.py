# SPDX-License-Identifier: MIT
"""CSV that loses nothing: a value stands in the table as the file has it, or it is told why not."""

import bz2
import datetime
import decimal
import json
import pathlib
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.batch.conftest import BINARY, Table

D = decimal.Decimal


def Put(path, text):
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def Load(foreset, text, *arguments, name="a.csv", table="T", exits=0):
    Put(foreset.directory / name, text)
    return foreset("csv-to-delta", name, table, *arguments, exits=exits)


def Columns(path):
    return Table(path).to_pydict()


def Bad(foreset):
    return [json.loads(line) for line in (foreset.directory / "bad.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("value", [
    "007", "1_000", "0x10", "NO", "F", "yes", "10:30", "10-11-12", "10/11/12", "'q'", "+49123", "1.2.3",
    "31/12/2024", "12E4", "NaN", "1234567890123456789012345678901234567890", "2024-01-31 10:00:00.123456789"])
def test_what_is_in_doubt_is_text_as_it_stands(foreset, tmp_path, value):
    Load(foreset, f"id,v\n1,{value}\n2,{value}\n")
    assert Columns(tmp_path / "T") == {"id": [1, 2], "v": [value, value]}


def test_numbers_keep_all_their_digits(foreset, tmp_path):
    Load(foreset, "id,big,money,mixed,exponent\n1,12345678901234567890,12345678901234567.89,9007199254740993,1.5e10\n"
                  "2,18446744073709551615,0.01,1.5,-2.5e-7\n")
    assert Columns(tmp_path / "T") == {
        "id": [1, 2], "big": [D("12345678901234567890"), D("18446744073709551615")],
        "money": [D("12345678901234567.89"), D("0.01")], "mixed": [D("9007199254740993"), D("1.5")],
        "exponent": [1.5e10, -2.5e-7]}


def test_an_apostrophe_is_a_quote_only_around_what_needs_one(foreset, tmp_path):
    Load(foreset, "id,name\n1,abc\n2,'q'\n")
    assert Columns(tmp_path / "T")["name"] == ["abc", "'q'"]
    Load(foreset, "id,name\n1,'a,b'\n2,'q'\n3,'c'\n", name="b.csv", table="U")
    assert Columns(tmp_path / "U")["name"] == ["a,b", "q", "c"]


def test_apostrophes_that_begin_texts_join_no_rows(foreset, tmp_path):
    Load(foreset, "a\tb\tc\n'\t5\t\n|\t5\t\n'\t5\tx\ndon't\t5\t\n")
    assert Columns(tmp_path / "T") == {"a": ["'", "|", "'", "don't"], "b": [5] * 4, "c": [None, None, "x", None]}


def test_a_torn_header_takes_no_row_with_it(foreset, tmp_path):
    for more in ((), ("--bad-rows", "bad.jsonl")):
        ended = Load(foreset, 'id,"n\n1,a\n2,b\n', "--header", "yes", *more, exits=1)
        assert "E8402" in ended.err and "header" in ended.err
    assert not (tmp_path / "T" / "_delta_log").exists()


INEXACT = [
    ("BIGINT", "2.5"), ("BIGINT", "9.99"), ("BIGINT", "007"), ("BIGINT", "1_000"), ("BIGINT", "0x10"),
    ("BIGINT", "1e2"), ("BIGINT", " 5 "), ("BIGINT", "9223372036854775808"), ("TINYINT", "300"), ("UTINYINT", "-1"),
    ("DATE", "2024-05-05 23:59:59"), ("DATE", "10-11-12"), ("TIMESTAMP", "2024-05-05 13:45:00+02:00"),
    ("TIMESTAMP", "2024-05-05 13:45:00.1234567"), ("FLOAT", "1e39"), ("FLOAT", "16777217"),
    ("DOUBLE", "12345678901234567.89"), ("DECIMAL(18,2)", "9.999"), ("DECIMAL(4,2)", "100.00"), ("BOOLEAN", "yes"),
    ("INTEGER[]", "[1.5]"), ("UUID", "no"), ("TIME", "25:00:00")]


@pytest.mark.parametrize("type_name,value", INEXACT)
def test_a_value_that_does_not_fit_exactly_is_a_bad_row(foreset, tmp_path, type_name, value):
    text = f'id,v\n1,\n\n2,"{value}"\n'
    schema = ("--schema", f"v {type_name}")
    ended = Load(foreset, text, *schema, exits=1)
    assert "E8403" in ended.err and "line 4" in ended.err
    Load(foreset, text, *schema, "--bad-rows", "bad.jsonl", exits=4)
    assert Columns(tmp_path / "T") == {"id": [1], "v": [None]}
    (bad,) = Bad(foreset)
    assert (bad["line"], bad["column"], bad["text"]) == (4, "v", f'2,"{value}"')


def test_a_table_that_is_there_takes_what_fits_exactly(foreset, tmp_path):
    Load(foreset, "id,q\n1,5\n")
    Load(foreset, "id,q\n2,2.5\n3,9.99\n4,6\n", "--bad-rows", "bad.jsonl", name="b.csv", exits=4)
    assert Columns(tmp_path / "T") == {"id": [1, 4], "q": [5, 6]} or sorted(Columns(tmp_path / "T")["q"]) == [5, 6]
    assert [row["line"] for row in Bad(foreset)] == [2, 3]


@pytest.mark.parametrize("value", ["1.5", "1_5", "1e3", "00123", " 5 ", "n/a", "12345678901234567890"])
def test_beyond_the_sample_a_value_fits_or_is_told(foreset, tmp_path, value):
    rows = "".join(f"{i},{i}\n" for i in range(25_000))
    ended = Load(foreset, f"id,v\n{rows}25000,{value}\n", exits=1)
    assert "line 25002" in ended.err and value in ended.err and "--sample-rows -1" in ended.err
    Load(foreset, f"id,v\n{rows}25000,{value}\n", "--sample-rows", "-1")
    assert str(Columns(tmp_path / "T")["v"][-1]) == {"1e3": "1000.0"}.get(value, value)


def test_values_that_fit_are_read_by_every_type(foreset, tmp_path):
    Load(foreset, 'b,i,u,n,f,x,d,t,z,l,k,m\ntrue,-5,255,12.5,0.1,1e300,2024-02-29,2024-02-29T10:00:00.5,'
                  '2024-02-29 10:00:00+02:00,"[1, 2]",ab,10:30\n',
         "--schema", "b BOOLEAN, i SMALLINT, u UTINYINT, n DECIMAL(10,3), f FLOAT, x DOUBLE, d DATE, t TIMESTAMP, "
                     "z TIMESTAMPTZ, l INTEGER[], k BLOB, m TIME")
    (row,) = Table(tmp_path / "T").to_pylist()
    utc = datetime.timezone.utc
    assert round(row.pop("f"), 6) == 0.1
    assert row == {"b": True, "i": -5, "u": 255, "n": D("12.500"), "x": 1e300, "d": datetime.date(2024, 2, 29),
                   "t": datetime.datetime(2024, 2, 29, 10, 0, 0, 500000),
                   "z": datetime.datetime(2024, 2, 29, 8, 0, tzinfo=utc), "l": [1, 2], "k": b"ab", "m": "10:30:00"}


def test_an_empty_text_is_not_null(foreset, tmp_path):
    text = 'id,v,n\n1,"",5\n2,,""\n3,"NULL",\n4,NULL,7\n5,x,NULL\n'
    Load(foreset, text, "--null", "NULL")
    assert Columns(tmp_path / "T") == {"id": [1, 2, 3, 4, 5], "v": ["", None, "NULL", None, "x"],
                                       "n": [5, None, None, 7, None]}
    Load(foreset, text, "--null", "NULL", "--quoted-nulls", table="U")
    assert Columns(tmp_path / "U")["v"] == [None, None, None, None, "x"]


def test_a_part_without_its_header_makes_no_columns(foreset, tmp_path):
    Put(tmp_path / "p" / "1.csv", "name,city\nann,rome\n")
    Put(tmp_path / "p" / "2.csv", "cyd,bonn\ndee,bern\n")
    for more in ((), ("--evolve",), ("--mode", "overwrite")):
        ended = foreset("csv-to-delta", "p", "T", *more, exits=1)
        assert "E8405" in ended.err and "--header" in ended.err and "2.csv" in ended.err
    assert not (tmp_path / "T" / "_delta_log").exists()
    foreset("csv-to-delta", "p", "T", "--header", "no")
    assert len(Table(tmp_path / "T")) == 4


def test_a_part_with_a_new_column_is_refused_until_it_is_asked_for(foreset, tmp_path):
    Put(tmp_path / "p" / "1.csv", "id,name\n1,ann\n")
    Put(tmp_path / "p" / "2.csv", "id,name,city\n2,cyd,bonn\n")
    Put(tmp_path / "p" / "3.csv", "id\n3\n")
    ended = foreset("csv-to-delta", "p", "T", exits=1)
    assert "E8405" in ended.err and "city" in ended.err and "--evolve" in ended.err
    foreset("csv-to-delta", "p", "T", "--evolve")
    assert sorted(map(str, Table(tmp_path / "T")["city"].to_pylist())) == ["None", "None", "bonn"]


def test_an_uncertain_header_is_told(foreset, tmp_path):
    ended = Load(foreset, "name,city\nann,rome\n")
    assert "taken for the header (name, city)" in ended.err and "--header no" in ended.err
    assert "taken for the header" not in Load(foreset, "name,city\nbob,oslo\n", name="b.csv").err
    assert "taken for the header" not in Load(foreset, "id,city\n1,rome\n", table="U").err
    ended = Load(foreset, "n/a,5\n1,6\n2,7\n", table="V")
    assert "taken for the header (n/a, 5)" in ended.err and "--header no" in ended.err
    ended = Load(foreset, "1,rome\n2,oslo\n", table="W")
    assert "taken for a row" in ended.err and "--header yes" in ended.err
    assert "taken for" not in Load(foreset, "1,rome\n2,oslo\n", "--header", "no", table="X").err


@pytest.mark.parametrize("form,values", [
    ("%d/%m/%Y", ["31/12/2024", "1/2/2024"]), ("%d.%m.%Y", ["31.12.2024", "01.02.2024"]),
    ("%m/%d/%Y", ["12/31/2024", "02/01/2024"]), ("%d.%m.%y", ["31.12.24", "01.02.24"])])
def test_dates_of_another_form_are_text_or_as_said(foreset, tmp_path, form, values):
    text = "day,x\n" + "".join(f"{value},1\n" for value in values)
    ended = Load(foreset, text)
    assert Columns(tmp_path / "T")["day"] == values
    assert f'--date-format "{form}" makes it dates' in ended.err or "%y" in form
    Load(foreset, text, "--date-format", form, table="U")
    assert Columns(tmp_path / "U")["day"] == [datetime.date(2024, 12, 31), datetime.date(2024, 2, 1)]
    ended = Load(foreset, text + "2024-01-01,1\n", "--date-format", form, "--schema", "day DATE", table="V", exits=1)
    assert "--date-format" in ended.err and "line 4" in ended.err


def test_marks_of_numbers(foreset, tmp_path):
    Load(foreset, "id;price\n1;1.234,50\n2;2.000,00\n", "--decimal", ",", "--thousands", ".")
    assert Columns(tmp_path / "T")["price"] == [D("1234.50"), D("2000.00")]
    Load(foreset, "id;price\n1;1,50\n2;2,75\n", "--decimal", ",", table="U")
    assert Columns(tmp_path / "U")["price"] == [D("1.50"), D("2.75")]
    assert Load(foreset, "a\n1\n", "--decimal", ",", "--thousands", ",", table="V", exits=2)


def test_comments(foreset, tmp_path):
    Load(foreset, "# made 2026\nid,name\n1,#a\n# between\n2,b\n", "--comment", "#")
    assert Columns(tmp_path / "T") == {"id": [1, 2], "name": ["#a", "b"]}
    Load(foreset, "color,name\n#FF0000,red\n#00FF00,green\n", table="U")
    assert Columns(tmp_path / "U")["color"] == ["#FF0000", "#00FF00"]
    assert "--comment" in Load(foreset, "# made 2026\nid,name\n1,a\n", table="V", exits=None).err


@pytest.mark.parametrize("data,arguments", [
    ("id,name\n1,Zoë 😀\n".encode("utf-16"), ()), ("\ufeffid,name\n1,Zoë 😀\n".encode("utf-16-be"), ()),
    ("id,name\n1,Zoë 😀\n".encode("utf-16-le"), ("--encoding", "utf-16le")),
    ("\ufeffid,name\n1,Zoë 😀\n".encode(), ())])
def test_encodings(foreset, tmp_path, data, arguments):
    Load(foreset, data, *arguments)
    assert Columns(tmp_path / "T") == {"id": [1], "name": ["Zoë 😀"]}


def test_encodings_that_were_not_said_are_named(foreset):
    assert "utf-16be" in Load(foreset, "id,name\n1,a\n".encode("utf-16-be"), exits=1).err
    assert "windows-1252" in Load(foreset, "größe,name\n1,a\n".encode("latin-1"), exits=1).err


def test_the_standard_input_and_pipes(foreset, tmp_path):
    for text, rows in (("id,name\n1,a\n", 1), ("id,name\n2,b\n", 2)):
        subprocess.run([BINARY, "csv-to-delta", "-", "T"], input=text.encode(), cwd=tmp_path, check=True,
                       capture_output=True)
        assert len(Table(tmp_path / "T")) == rows
    subprocess.run(["bash", "-c", f"{BINARY} csv-to-delta <(printf 'id,name\\n3,c\\n') T"], cwd=tmp_path, check=True,
                   capture_output=True)
    assert sorted(Columns(tmp_path / "T")["id"]) == [1, 2, 3]


def test_bzip2_and_endings_in_capitals(foreset, tmp_path):
    Put(tmp_path / "in" / "A.CSV", "id\n1\n")
    Put(tmp_path / "in" / "b.TXT", "id\n2\n")
    Put(tmp_path / "in" / "c.csv.bz2", bz2.compress(b"id\n3\n") + bz2.compress(b"4\n"))
    assert foreset.Report("csv-to-delta", "in", "T")["other_files"] == []
    assert sorted(Columns(tmp_path / "T")["id"]) == [1, 2, 3, 4]


def test_line_ends_may_be_mixed(foreset, tmp_path):
    Load(foreset, "id,note\r\n1,\"a\r\nb\"\n2,b\r\n3,c\r4,d\n")
    assert Columns(tmp_path / "T") == {"id": [1, 2, 3, 4], "note": ["a\r\nb", "b", "c", "d"]}


def test_nothing_is_made_of_nothing(foreset, tmp_path):
    assert "2 lines" in Load(foreset, "id\n1\n", "--skip", "10", exits=1).err
    assert "E8402" in Load(foreset, "id\n1\n", "--skip", "2", exits=1).err
    Load(foreset, "id\n1\n", "--skip", "-1", exits=2)
    assert "blank" in Load(foreset, "\n\n", exits=1).err
    assert not (tmp_path / "T" / "_delta_log").exists()


def test_what_a_bad_row_holds_reaches_no_terminal_raw(foreset):
    ended = Load(foreset, "id\n\x1b]0;title\x07\n", "--schema", "id BIGINT", exits=1)
    assert "E8403" in ended.err and "\x1b" not in ended.err and "\x07" not in ended.err


def test_an_open_quote_takes_no_memory_to_speak_of(foreset, tmp_path):
    line = "x" * 99 + "\n"
    text = 'id,v\n1,"open\n' + "".join(f"{i},{line}" for i in range(2, 600_000))
    ended = Load(foreset, text, "--bad-rows", "bad.jsonl", "--memory", "64MiB", exits=4)
    assert len(Table(tmp_path / "T")) == 599_998 and [row["line"] for row in Bad(foreset)] == [2]
    assert ended.peak < 600 << 20, f"{ended.peak >> 20} MiB"


def test_rows_of_many_bytes(foreset, tmp_path):
    Load(foreset, "id,t\n1," + "x" * 3_000_000 + "\n2,b\n")
    assert [len(text) for text in Columns(tmp_path / "T")["t"]] == [3_000_000, 1]


def test_json_is_not_changed_either(foreset, tmp_path):
    text = '{"id":1,"big":12345678901234567890,"day":"10-11-12","at":"10:30","zip":"007","no":"NO","when":"2024-01-31",'
    text += '"then":"2024-01-31T17:30:00","u":"550E8400-E29B-41D4-A716-446655440000"}\n{"id":2}\n'
    Put(tmp_path / "in" / "T" / "a.jsonl", text)
    foreset("migrate", "in", "--to", "out")
    row = Table(tmp_path / "out" / "T").to_pylist()[0]
    assert row == {"id": 1, "big": D("12345678901234567890"), "day": "10-11-12", "at": "10:30", "zip": "007", "no": "NO",
                   "when": datetime.date(2024, 1, 31), "then": datetime.datetime(2024, 1, 31, 17, 30),
                   "u": "550E8400-E29B-41D4-A716-446655440000"}


def test_an_empty_file_replaces_no_table(foreset, tmp_path):
    Load(foreset, "id\n1\n")
    ended = Load(foreset, "", "--mode", "overwrite", exits=1)
    assert "E8402" in ended.err and "is empty" in ended.err
    assert Columns(tmp_path / "T") == {"id": [1]}


JSON_VALUES = {
    "texts in objects": ('{"v":{"d":"10-11-12","t":"10:30","u":"550E8400-E29B-41D4-A716-446655440000","w":"2024-01-31"}}',
                         {"d": "10-11-12", "t": "10:30", "u": "550E8400-E29B-41D4-A716-446655440000", "w": "2024-01-31"}),
    "texts in lists": ('{"v":["10:30","2024-1-5"]}', ["10:30", "2024-1-5"]),
    "times with offsets in lists": ('{"v":["2024-01-05T10:00:00+02:00"]}', ["2024-01-05T10:00:00+02:00"]),
    "a long integer": ('{"v":12345678901234567890123}', D("12345678901234567890123")),
    "below the least": ('{"v":-9223372036854775809}', D("-9223372036854775809")),
    "long beside a fraction": ('{"v":9007199254740993}\n{"v":1.5}', D("9007199254740993.0")),
    "longer than a decimal": ('{"v":1234567890123456789012345678901234567890}', "1234567890123456789012345678901234567890"),
    "beyond a double": ('{"v":1e400}', "1e400"),
    "long within an object": ('{"v":{"x":12345678901234567890123}}', {"x": "12345678901234567890123"}),
    "numbers of a double": ('{"v":[1.5,1e300,100000000000000000000]}', [1.5, 1e300, 1e20]),
    "text among others": ('{"v":"x"}\n{"v":1}\n{"v":{"a":[1]}}', "x"),
}


@pytest.mark.parametrize("case", JSON_VALUES)
def test_json_gives_what_is_written(foreset, tmp_path, case):
    text, value = JSON_VALUES[case]
    Put(tmp_path / "in" / "T.jsonl", text + "\n")
    foreset("migrate", "in", "--to", "out")
    assert Columns(tmp_path / "out" / "T")["v"][0] == value


def test_keys_of_json_that_differ_in_case_alone_are_refused(foreset, tmp_path):
    Put(tmp_path / "in" / "T.jsonl", '{"a":1,"A":"10:30"}\n')
    ended = foreset("migrate", "in", "--to", "out", exits=1)
    assert "E8405" in ended.err and '"A" as well as "a"' in ended.err
    Put(tmp_path / "in" / "T.jsonl", '{"a":1,"a_1":"10:30"}\n')
    foreset("migrate", "in", "--to", "out")
    assert Columns(tmp_path / "out" / "T") == {"a": [1], "a_1": ["10:30"]}


@pytest.mark.parametrize("nanoseconds,kept", [(1_704_106_800_123_456_000, True), (1_704_106_800_123_456_789, False)])
@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize("nested", [False, True])
def test_parquet_times_below_a_microsecond_are_not_cut(foreset, tmp_path, nanoseconds, kept, zone, nested):
    times = pa.array([None, nanoseconds], pa.timestamp("ns", zone))
    values = pa.StructArray.from_arrays([pa.ListArray.from_arrays([0, 0, 2], times)], ["x"]) if nested else times
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"v": values}), tmp_path / "in" / "T.parquet")
    ended = foreset("migrate", "in", "--to", "out", exits=0 if kept else 1)
    if kept:
        assert "2024-01-01 11:00:00.123456" in str(foreset("table", "cat", "out/T").out).replace("T11", " 11")
    else:
        assert "E8412" in ended.err and '"v"' in ended.err and "T.parquet" in ended.err


def test_parquet_decimals_that_delta_has_not_are_refused(foreset, tmp_path):
    (tmp_path / "in").mkdir()
    long = pa.array([D("1234567890123456789012345678901234567890.12")], pa.decimal256(50, 2))
    pq.write_table(pa.table({"v": long}), tmp_path / "in" / "T.parquet")
    ended = foreset("migrate", "in", "--to", "out", exits=1)
    assert "E8412" in ended.err and "38 digits" in ended.err


def test_files_that_say_their_types_take_no_schema(foreset, tmp_path):
    Put(tmp_path / "in" / "T.jsonl", '{"v":1}\n')
    ended = foreset("migrate", "in", "--to", "out", "--schema", "T=v VARCHAR", exits=2)
    assert "E1001" in ended.err and "T.jsonl" in ended.err


LOSING = {
    "a text as a number": ('{"v":10115}', '{"v":"01067"}'),
    "a member that is not there": ('{"v":{"x":1}}', '{"v":{"x":1,"y":2}}'),
    "a member within a list": ('{"v":[{"x":1}]}', '{"v":[{"y":2}]}'),
    "a fraction of a list": ('{"v":[1]}', '{"v":[1.5]}'),
}


@pytest.mark.parametrize("case", LOSING)
def test_a_later_file_loses_nothing(foreset, tmp_path, case):
    for name, text in zip("ab", LOSING[case]):
        Put(tmp_path / "in" / "T" / f"{name}.jsonl", text + "\n")
    assert "E8405" in foreset("migrate", "in", "--to", "out", exits=1).err


PAIRS = {
    "double as float": (pa.array([1.5], pa.float32()), pa.array([0.1]), False),
    "decimal as double": (pa.array([1.5]), pa.array([D("0.10")], pa.decimal128(5, 2)), False),
    "instants without a zone": (pa.array([1], pa.timestamp("us")), pa.array([2], pa.timestamp("us", "UTC")), False),
    "a flag as a number": (pa.array([1]), pa.array([True]), False),
    "float as double": (pa.array([0.1]), pa.array([1.5], pa.float32()), True),
    "integer as decimal": (pa.array([D("0.10")], pa.decimal128(25, 2)), pa.array([7]), True),
    "nothing as a text": (pa.array(["x"]), pa.array([None, None], pa.int32()), True),
    "number as a text": (pa.array(["x"]), pa.array([7]), True),
}


@pytest.mark.parametrize("case", PAIRS)
def test_a_later_parquet_file_is_kept_or_refused(foreset, tmp_path, case):
    first, later, kept = PAIRS[case]
    (tmp_path / "in" / "T").mkdir(parents=True)
    pq.write_table(pa.table({"v": first}), tmp_path / "in" / "T" / "a.parquet")
    pq.write_table(pa.table({"v": later}), tmp_path / "in" / "T" / "b.parquet")
    ended = foreset("migrate", "in", "--to", "out", exits=0 if kept else 1)
    assert kept or ("E8405" in ended.err and '"v"' in ended.err)


def test_what_the_names_of_folders_say_is_not_lost(foreset, tmp_path):
    Put(tmp_path / "in" / "T" / "code=007" / "a.csv", "id\n1\n")
    for command in (("csv-to-delta", "in", "T"), ("migrate", "in", "--to", "out")):
        ended = foreset(*command, exits=1)
        assert "E8405" in ended.err and "code=007" in ended.err
    (tmp_path / "pq" / "T" / "code=007").mkdir(parents=True)
    pq.write_table(pa.table({"id": [1]}), tmp_path / "pq" / "T" / "code=007" / "a.parquet")
    foreset("migrate", "pq", "--to", "out")
    assert Columns(tmp_path / "out" / "T") == {"id": [1], "code": ["007"]}


def test_a_folder_behind_a_link_is_named(foreset, tmp_path):
    Put(tmp_path / "in" / "T.csv", "id\n1\n")
    Put(tmp_path / "there" / "a.csv", "id\n1\n")
    (tmp_path / "in" / "U").symlink_to(tmp_path / "there")
    assert "in/U" in foreset("migrate", "in", "--to", "out").err
