# SPDX-License-Identifier: MIT
"""What an error says to do fits the case that it is said of."""

import gzip
import pathlib

from tests.harness.program import Foreset

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "online_store" / "online_store.sql"


def test_generate_does_not_name_an_option_that_it_lacks(foreset):
    foreset("generate", "--rows", "100", "--csv", "out")
    _, err = foreset("generate", "--rows", "100", "--csv", "out", exits=2)
    assert "E8411" in err and "next: Name another folder" in err and "--overwrite" not in err


def test_a_column_that_is_named_twice_is_named(foreset):
    foreset.Write("in.csv", "Id,name\n1,a\n")
    foreset("csv-to-delta", "in.csv", "T")
    _, err = foreset("filter", "T", "--columns", "Id,id", "--to", "twice", exits=2)
    assert "E1001" in err and "--columns names id twice" in err
    assert not (foreset.directory / "twice").exists()


def test_a_damaged_file_is_named(foreset):
    whole = gzip.compress(b"".join(b"%d,%d\n" % (i, i * 7919 % 1000003) for i in range(200000)))
    (foreset.directory / "torn.csv.gz").write_bytes(whole[:len(whole) // 2])
    _, err = foreset("csv-to-delta", "torn.csv.gz", "T", exits=1)
    assert "E8413" in err and "torn.csv.gz" in err


def test_a_lake_that_is_not_there_is_told_before_a_query_is_asked(foreset):
    _, err = foreset("sql", "--lake", "nowhere", "SELECT 1", exits=2)
    assert "there is no lake in" in err and "next: Name the folder" in err


def test_generate_and_warehouse_advise_no_rights_of_capture(servers, tmp_path):
    server = servers("mysql")
    server.sql("DROP DATABASE IF EXISTS online_store")
    root = Foreset(tmp_path, server, "online_store",
                   {"source": {"mysql": {"user": "root", "password": server.root_password}}})
    refused = root.Command("generate", "-c", root.config, "--changes", 1, exits=1)
    assert "next: Is the shop there? `mysql < examples/" in refused.err, refused
    server.sql(SCHEMA.read_text())
    shop = Foreset(tmp_path, server, "online_store", {"source": {"mysql": {"tables": ["online_store.Customers"]}}})
    refused = shop.Command("generate", "-c", shop.config, "--changes", 1, exits=77)
    assert "next: Name a user that may SELECT, INSERT" in refused.err and "REPLICATION" not in refused.err, refused
    shop.Run()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "M.sql").write_text("-- @key CustomerID\nSELECT CustomerID FROM silver.Customers")
    refused = shop.Command("warehouse", "load", "-c", shop.config, "--models", "models", "--to",
                           f"mysql://nobody@127.0.0.1:{server.port}/store_dw", exits=77)
    assert "FORESET_WAREHOUSE_PASSWORD" in refused.err and "CREATE USER" not in refused.err.split("next:")[1], refused
