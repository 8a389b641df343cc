# SPDX-License-Identifier: MIT
"""`foreset run --listen`: what a pipeline tells of itself is what it does."""

import json
import math
import re
import time

import pytest

from tests.connect.rest import Ask
from tests.harness.waiting import WaitFor
from tests.operation.conftest import Shop
from tests.operation.endpoint import CheckByCatalogue
from tests.servers import KINDS, MySqlServer


def test_metrics_tell_what_the_run_did(shop, served):
    assert served.Value("foreset_backfilled_rows_total", table="operated.Items") == 2
    before = served.Value("foreset_commits_total", layer="silver")
    shop.Insert(5)
    WaitFor(lambda: shop.Changes() == 5, "the changes are counted")
    WaitFor(lambda: served.Value("foreset_commits_total", layer="silver") > before, "silver commits are counted")
    assert served.Value("foreset_transactions_total") == 5
    assert served.Value("foreset_tables", state="following") == 1 and served.Value("foreset_tables", state="stopped") == 0
    assert served.Value("foreset_storage_written_bytes_total", layer="bronze") > 1000
    assert served.Value("foreset_storage_failures_total", layer="bronze", operation="write") == 0
    assert served.Value("foreset_memory_limit_bytes") == 2 << 30
    assert 10 << 20 < served.Value("process_resident_memory_bytes") < 2 << 30
    assert abs(served.Value("process_start_time_seconds") - time.time()) < 600
    assert abs(served.Value("foreset_source_clock_ahead_seconds")) < 5
    names = CheckByCatalogue(served.MetricsText(), "run")
    assert {"foreset_ready", "foreset_running", "foreset_commit_conflicts_total", "foreset_reconnects_total",
            "foreset_quarantined_total", "foreset_storage_requests_total", "process_cpu_seconds_total"} <= names


def test_lags_come_back_to_nothing_when_the_source_rests(shop, served):
    shop.Insert(3)
    WaitFor(lambda: shop.Changes() == 3, "the changes are counted")
    for layer in ("bronze", "silver", "gold"):
        WaitFor(lambda layer=layer: served.Value("foreset_lag_seconds", layer=layer) == 0, f"{layer} is current")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_time_until_the_source_purges_is_told(servers, tmp_path, kind):
    server = servers(kind)
    server.sql("SET GLOBAL binlog_expire_logs_seconds = 7200")
    shop = Shop(tmp_path, server, "retained")
    try:
        endpoint = shop.Start()
        WaitFor(lambda: endpoint.Value("foreset_source_retention_left_seconds") == 7200, "the open file counts as closed now")
        server.sql("SET GLOBAL binlog_expire_logs_seconds = 0")
        WaitFor(lambda: endpoint.Value("foreset_source_retention_left_seconds") == math.inf, "the server never deletes")
    finally:
        server.sql("SET GLOBAL binlog_expire_logs_seconds = 2592000")
        shop.Close()


def test_status_is_the_same_from_the_server_and_from_the_lake(shop, served):
    WaitFor(lambda: served.Value("foreset_lag_seconds", layer="gold") == 0, "every layer is current")

    def Report(*arguments):
        report = json.loads(shop.foreset.Command("status", *arguments, "-o", "json").out)
        for table in report["tables"]:
            # Of the tables that are committed to while nothing happens.
            if table["table"] in ("bronze/_epochs",):
                table.clear()
        return report

    def Agree():
        own = Report("-c", shop.foreset.config)
        return own == Report("--url", served.url) == {**own, "pipeline": "running", "current": True}

    WaitFor(Agree, "both say the same")
    assert served.Get("/api/v1/status").json["schema"] == "foreset.status.v1"
    table = shop.foreset.Command("status", "--url", served.url).out
    assert re.search(r"^pipeline  running$", table, re.M) and "silver/Items" in table and "gold/Items_history" in table


def test_readiness_follows_the_source(tmp_path):
    """The server is killed and comes back on its port: the pipeline says so, and why, and is ready again by itself."""
    server = MySqlServer().start()
    shop = Shop(tmp_path, server, "killed")
    try:
        endpoint = shop.Start()
        WaitFor(endpoint.Ready, "the pipeline is ready")
        assert endpoint.Get("/livez").status == 200
        server.kill()
        WaitFor(lambda: ("source", "E2101") in endpoint.Reasons(), "the missing source is told")
        WaitFor(lambda: endpoint.Value("foreset_source_reachable") == 0, "the metric says so")
        assert endpoint.Get("/livez").status == 200 and endpoint.Value("foreset_ready") == 0
        assert endpoint.Value("foreset_source_following") == 0
        reason = endpoint.Get("/readyz").json["reasons"][0]
        assert reason["pipeline"] == "killed" and reason["next"] and server.password not in json.dumps(reason)
        WaitFor(lambda: endpoint.Value("foreset_lag_seconds", layer="bronze") > 0, "the lag grows")
        server.start()
        WaitFor(endpoint.Ready, "the pipeline is ready again")
        assert endpoint.Value("foreset_reconnects_total", side="source") >= 1
    finally:
        shop.Close()
        server.discard()


def test_a_stopped_table_is_named_with_its_code(shop, served):
    shop.server.sql("ALTER TABLE Items DROP PRIMARY KEY, ADD PRIMARY KEY (Name, Id)", database=shop.database)
    shop.Insert()
    WaitFor(lambda: served.Value("foreset_tables", state="stopped") == 1, "the table stops")
    components = {component for component, _ in served.Reasons()}
    assert components == {"table operated.Items"}
    shop.foreset.Discard()


def test_a_stopped_table_that_the_source_drops_is_left_out_at_once(shop, served):
    def Sql(text):
        shop.server.sql(text, database=shop.database)

    def Stopped(tables):
        WaitFor(lambda: served.Value("foreset_tables", state="stopped") == tables, f"{tables} tables stand still")

    Sql("CREATE TABLE _old (id INT PRIMARY KEY); INSERT INTO _old VALUES (1);"
        "ALTER TABLE Items DROP PRIMARY KEY, ADD PRIMARY KEY (Name, Id); INSERT INTO Items VALUES (500, 'stops')")
    Stopped(2)
    assert not served.Ready()
    Sql("DROP TABLE _old, Items; CREATE TABLE Others (id INT PRIMARY KEY); INSERT INTO Others VALUES (1)")
    Stopped(0)
    WaitFor(served.Ready, "nothing is missing any more")
    Sql("CREATE TABLE _old (id INT PRIMARY KEY)")
    Stopped(1)
    Sql("DROP TABLE _old; CREATE TABLE Items (Id INT PRIMARY KEY, Name TEXT); INSERT INTO Items VALUES (7, 'anew')")
    Stopped(0)
    WaitFor(served.Ready, "nothing is missing any more")
    shop.foreset.Stop()
    shop.foreset.Run()
    shop.foreset.Verify()
    rows = shop.foreset.Command("sql", "-c", shop.foreset.config, "-o", "csv", "SELECT Id, Name FROM silver.Items")
    assert rows.out.splitlines()[1:] == ["7,anew"]


def test_a_layer_that_is_too_far_behind_is_not_ready(shop):
    shop.Start("--max-lag", "1ms")
    shop.Insert(3)
    seen = set()

    def Late():
        shop.Insert()
        seen.update(shop.endpoint.Reasons())
        return any(code == "E7102" for _, code in seen)

    WaitFor(Late, "a layer is told to be behind")


def test_levels_change_while_it_runs(shop, served):
    says = re.compile(r" D durable up to ")

    def Said():
        return len(says.findall(shop.foreset.log.read_text()))

    def Set(name, level):
        return Ask(served.url, "PUT", f"/api/v1/loggers/{name}", {"level": level})

    shop.Insert()
    WaitFor(lambda: shop.Changes() == 1, "a change is captured")
    assert Said() == 0
    loggers = {one["name"]: one for one in served.Get("/api/v1/loggers").json["loggers"]}
    assert loggers["root"]["level"] == "info" and not loggers["pipeline.capture_loop"]["own"]
    assert Set("pipeline.capture_loop", "debug").json == {"name": "pipeline.capture_loop", "level": "debug", "own": True}
    shop.Insert()
    WaitFor(lambda: Said() > 0, "the capture loop says more")
    assert " D operated.Items: silver and gold" not in shop.foreset.log.read_text()
    assert Set("pipeline.capture_loop", None).json["level"] == "info"
    WaitFor(lambda: shop.Changes() == 2, "the change is captured")
    said = Said()
    shop.Insert()
    WaitFor(lambda: shop.Changes() == 3, "a change is captured")
    assert Said() == said
    assert Set("pipeline", "DEBUG").status == 200
    assert served.Get("/api/v1/loggers/pipeline.lake_loop").json == {"name": "pipeline.lake_loop", "level": "debug", "own": False}
    assert Set("pipeline.capture_lop", "debug").status == 404
    assert Set("pipeline", "loud").status == 400 and Set("pipeline", 7).status == 400
    assert Ask(served.url, "PUT", "/api/v1/loggers/pipeline", {"volume": "debug"}).status == 400
    assert Ask(served.url, "PUT", "/api/v1/loggers/pipeline", b"{").status == 400


def test_messages_as_json_name_their_logger(shop):
    shop.foreset.Start("--listen", "127.0.0.1:0", "--log-format", "json")
    WaitFor(lambda: "listening on" in shop.foreset.log.read_text(), "it listens")
    lines = [json.loads(line) for line in shop.foreset.log.read_text().splitlines() if line]
    assert all({"ts", "level", "logger", "msg"} <= set(line) for line in lines)
    assert "cli.operation.operation_server" in {line["logger"] for line in lines}


def test_the_index_lists_what_there_is(served):
    index = served.Get("/")
    assert index.status == 200 and index.headers["Content-Type"].startswith("text/plain")
    for path in re.findall(r"^GET (/\S*)", index.text, re.M):
        if "NAME" not in path:
            assert served.Get(path).status in (200, 503), path
    assert served.Get("/nothing").status == 404 and Ask(served.url, "POST", "/metrics").status == 405
    assert Ask(served.url, "HEAD", "/metrics").status == 200
