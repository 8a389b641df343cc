# SPDX-License-Identifier: MIT
"""deploy/monitoring: what it names is served, and the tools that it is for can read it."""

import json
import re
import subprocess

import pytest
import yaml

from tests.harness.program import ROOT
from tests.operation.endpoint import Catalogue

MONITORING = ROOT / "deploy" / "monitoring"
DASHBOARD = MONITORING / "grafana" / "dashboards" / "foreset.json"
# Prometheus' own metric of a scrape.
OWN = {"up"}


def Named(expression):
    """The metrics of an expression: words that are no functions, labels or keywords."""
    without = re.sub(r'"[^"]*"|\[[^\]]*\]', "", expression)
    without = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", without)
    without = re.sub(r"\{[^}]*\}|\boffset\s+\w+|\b(?:and|or|unless)\b", "", without)
    return {word for word in re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()\b", without)
            if not re.search(rf"\b{word}\s*\(", without)}


def Labels(expression):
    return set(re.findall(r"[{,]\s*([a-z]+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', expression)))


def Rules():
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


def Panels():
    return json.loads(DASHBOARD.read_text())["panels"]


def test_the_names_of_an_expression_are_found():
    assert Named('sum by (layer) (rate(foreset_a_total{pipeline=~"x"}[5m])) / foreset_b > 6 * 3600') == \
        {"foreset_a_total", "foreset_b"}
    assert Named("foreset_a > 0 unless foreset_b offset 1h or foreset_c") == {"foreset_a", "foreset_b", "foreset_c"}


@pytest.mark.parametrize("rule", Rules(), ids=lambda rule: rule["alert"])
def test_rules_name_metrics_that_are_served(rule):
    named = Named(rule["expr"])
    catalogue = Catalogue()
    assert named and named <= set(catalogue) | OWN
    labels = {label for name in named & set(catalogue) for label in catalogue[name].labels} | {"job", "instance"}
    used = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
    assert used | Labels(rule["expr"]) <= labels
    assert rule["labels"]["severity"] in ("critical", "warning")


@pytest.mark.parametrize("panel", Panels(), ids=lambda panel: panel["title"])
def test_panels_name_metrics_that_are_served(panel):
    catalogue = Catalogue()
    assert panel["targets"]
    for target in panel["targets"]:
        named = Named(target["expr"])
        assert named and named <= set(catalogue), named
        labels = {label for name in named for label in catalogue[name].labels} | {"job", "instance"}
        assert Labels(target["expr"]) | set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels
    grid = panel["gridPos"]
    assert grid["x"] + grid["w"] <= 24


def test_panels_do_not_cover_one_another():
    taken = set()
    for panel in Panels():
        grid = panel["gridPos"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in Panels()}) == len(Panels())


def test_what_is_named_is_there():
    dashboard = json.loads(DASHBOARD.read_text())
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    query = variables["pipeline"]["query"]["query"]
    assert re.fullmatch(r"label_values\((\w+), pipeline\)", query).group(1) in Catalogue()
    datasources = yaml.safe_load((MONITORING / "grafana/provisioning/datasources/prometheus.yaml").read_text())
    assert datasources["datasources"][0]["type"] == variables["datasource"]["query"] == "prometheus"
    provider = yaml.safe_load((MONITORING / "grafana/provisioning/dashboards/foreset.yaml").read_text())
    assert provider["providers"][0]["options"]["path"]
    scrape = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    assert [job["job_name"] for job in scrape["scrape_configs"]] == ["foreset"]
    for text in {*re.findall(r'job="(\w+)"', (MONITORING / "alerts.yml").read_text())}:
        assert text == "foreset"


def Codes(text):
    return set(re.findall(r"\bE(\d{4})\b", text))


def test_rules_name_codes_that_there_are():
    known = Codes((ROOT / "docs/reference/error-codes.md").read_text())
    named = Codes((MONITORING / "alerts.yml").read_text())
    assert named and named <= known


def test_promtool_takes_rules_and_scrapes():
    for arguments in (["check", "rules", "alerts.yml"], ["check", "config", "prometheus.yml"]):
        done = subprocess.run(["promtool", *arguments], cwd=MONITORING, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_fire_when_they_should(tmp_path):
    """Prometheus' own evaluation of the rules on series that are made up."""
    series = {
        'foreset_source_retention_left_seconds{pipeline="shop"}': ("100000x10 10000x10", "ForesetSourceRetentionShort", "15m"),
        'foreset_tables{pipeline="shop",state="stopped"}': ("0x10 1x10", "ForesetTableStopped", "12m"),
        'foreset_lag_seconds{pipeline="shop",layer="silver"}': ("10x10 900x20", "ForesetBehind", "25m"),
        'foreset_quarantined_total{pipeline="shop",table="shop.Items"}': ("0x10 3x10", "ForesetQuarantine", "15m"),
        # Its series begins with them.
        'foreset_quarantined_total{pipeline="shop",table="shop.Born"}': ("_x10 50x10", "ForesetQuarantine", "15m"),
    }
    tests = []
    for name, (values, alert, when) in series.items():
        kept = [rule for rule in Rules() if rule["alert"] == alert]
        assert kept
        for time, fires in (("5m", False), (when, True)):
            tests.append({"interval": "1m", "input_series": [{"series": name, "values": values}],
                          "promql_expr_test": [{"expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
                                                "eval_time": time,
                                                "exp_samples": [{"labels": "{}", "value": 1 if fires else 0}]}]})
    tests.append({"interval": "1m", "input_series": [{"series": 'foreset_quarantined_total{table="old"}', "values": "50x300"}],
                  "promql_expr_test": [{"expr": "count(ALERTS) or vector(0)", "eval_time": "4h",
                                        "exp_samples": [{"labels": "{}", "value": 0}]}]})
    (tmp_path / "test.yml").write_text(yaml.safe_dump({"rule_files": [str(MONITORING / "alerts.yml")], "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
