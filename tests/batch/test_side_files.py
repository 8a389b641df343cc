# SPDX-License-Identifier: MIT
"""--bad-rows and --report write nothing over what they have not made."""

import os
import resource
import stat

import pytest

ORDERS = "id,v\n1,a\nx\n2,b"
OPTIONS = ("--bad-rows", "--report")


def Bounded():
    """What grows without end, ends."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10 << 20, 10 << 20))


@pytest.fixture
def orders(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    os.symlink("orders.csv", tmp_path / "link.csv")
    os.link(tmp_path / "orders.csv", tmp_path / "same.csv")
    (tmp_path / "notes.txt").write_text("buy milk")
    (tmp_path / "rows.jsonl").write_text('{"id": 1}\n{"id": 2}\n')
    return tmp_path


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["orders.csv", "./orders.csv", "link.csv", "same.csv", "notes.txt", "rows.jsonl"])
def test_what_is_there_stays_as_it_is(foreset, orders, option, name):
    before = (orders / name).read_text()
    said = foreset("csv-to-delta", "orders.csv", "T", option, name, exits=2, prepare=Bounded)
    assert "E8411" in said.err and option in said.err, said
    assert (orders / name).read_text() == before and not (orders / "T").exists()
    assert not list(orders.glob("*.next"))


def test_bad_rows_that_are_loaded_are_not_written_to(foreset, orders):
    foreset("csv-to-delta", "orders.csv", "T", "--bad-rows", "bad.jsonl", exits=4)
    before = (orders / "bad.jsonl").read_text()
    assert "E8411" in foreset("csv-to-delta", "bad.jsonl", "B", "--bad-rows", "bad.jsonl", exits=2).err
    assert (orders / "bad.jsonl").read_text() == before


@pytest.mark.parametrize("option", OPTIONS)
def test_a_device_stays_a_device(foreset, orders, option):
    node = orders / "node"
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    others = () if option == "--bad-rows" else ("--bad-rows", "bad.jsonl")
    foreset("csv-to-delta", "orders.csv", "T", *others, option, "node", exits=4)
    assert stat.S_ISFIFO(node.stat().st_mode) and os.read(reader, 1 << 16)
    os.close(reader)


def test_an_earlier_report_is_replaced(foreset, orders):
    for rows in ("1", "2"):
        (orders / "a.csv").write_text("id\n" + f"{rows}\n" * int(rows))
        foreset("csv-to-delta", "a.csv", "T", "--mode", "overwrite", "--report", "r.json")
        assert f'"rows":{rows}' in (orders / "r.json").read_text()
