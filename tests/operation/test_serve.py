# SPDX-License-Identifier: MIT
"""`foreset serve`: a lake's state, whoever runs it and when nobody does."""

from tests.harness.waiting import WaitFor
from tests.operation.endpoint import CheckByCatalogue, Serving


def test_a_lake_is_told_of_while_it_runs_and_when_nobody_runs_it(shop):
    shop.foreset.Start()
    with Serving(shop.foreset) as endpoint:
        WaitFor(endpoint.Ready, "the lake is ready")
        assert endpoint.Value("foreset_running") == 1
        shop.Insert(2)
        WaitFor(lambda: endpoint.Value("foreset_table_rows", layer="silver", table="Items") == 4, "silver's rows are told")
        WaitFor(lambda: endpoint.Value("foreset_lag_seconds", layer="gold") == 0, "gold is current")
        assert endpoint.Value("foreset_layer_bytes", layer="bronze") > 0
        # Of a look at the source after the lake had begun.
        WaitFor(lambda: (endpoint.Value("foreset_source_retention_left_seconds") or 0) > 0, "the log's retention is told")
        names = CheckByCatalogue(endpoint.MetricsText(), "serve")
        assert "foreset_changes_total" not in names and "foreset_batches_behind" in names
        shop.foreset.Stop()
        WaitFor(lambda: endpoint.Reasons() == {("pipeline", "E7103")}, "nobody runs it")
        assert endpoint.Value("foreset_running") == 0 and endpoint.Value("foreset_ready") == 0
        assert endpoint.Get("/api/v1/status").json["pipeline"] == "not running"
        shop.Insert()
        WaitFor(lambda: endpoint.Value("foreset_lag_seconds", layer="bronze") > 0, "the lake falls behind")
        # A server that asks who runs the lake keeps nobody from running it.
        for _ in range(3):
            shop.foreset.Run()
        WaitFor(lambda: endpoint.Value("foreset_lag_seconds", layer="gold") == 0, "the lake has caught up")


def test_a_lake_that_is_not_there_yet(shop):
    with Serving(shop.foreset) as endpoint:
        WaitFor(lambda: endpoint.Reasons() == {("pipeline", "E7103")}, "nobody runs it")
        assert endpoint.Get("/api/v1/status").json["tables"] == []
        assert endpoint.Value("foreset_lag_seconds", layer="bronze") is None


def test_every_metric_is_served_by_somebody():
    """What is in the catalogue and by whom it is served: the tests of `run`, `serve` and `connect` check the samples."""
    from tests.operation.endpoint import Catalogue

    for metric in Catalogue().values():
        assert metric.served_by and set(metric.served_by) <= {"run", "serve", "connect"}, metric.name
