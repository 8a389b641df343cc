# SPDX-License-Identifier: MIT
"""`foreset doctor` beyond the server's settings: clocks, retention, disk and Kafka, each with its fix."""

import json
import subprocess

from tests.harness.program import BINARY
from tests.operation.conftest import Shop
from tests.servers.server_process import FreePort


def Checks(foreset, exits=None):
    """name -> check. What fails has its code in its row."""
    done = subprocess.run([str(BINARY), "doctor", "-c", str(foreset.config), "-o", "json"], cwd=foreset.directory,
                          env=foreset.Environment(), capture_output=True, text=True, timeout=120, check=False)
    assert exits in (None, done.returncode) and foreset.password not in done.stdout + done.stderr, done
    checks = {check["check"]: check for check in json.loads(done.stdout)}
    assert all((check["outcome"] == "failed") == bool(check["code"]) for check in checks.values())
    return checks


def test_clock_retention_and_disk_are_checked(shop):
    checks = Checks(shop.foreset)
    assert checks["clock"]["outcome"] == "ok" and "binlog for this lake" not in checks
    assert checks["memory_limit"]["outcome"] == "ok" and "key indexes" in checks["memory_limit"]["found"]
    assert {checks[f"lake.{layer}"]["outcome"] for layer in ("bronze", "silver", "gold")} <= {"ok", "warning"}
    shop.foreset.Run()
    shop.server.sql("SET GLOBAL binlog_expire_logs_seconds = 172800")
    try:
        assert Checks(shop.foreset)["binlog for this lake"]["outcome"] == "ok"
        shop.server.sql("SET GLOBAL binlog_expire_logs_seconds = 600")
        low = Checks(shop.foreset)["binlog for this lake"]
        assert low["outcome"] == "warning" and "binlog_expire_logs_seconds" in low["fix"]
    finally:
        shop.server.sql("SET GLOBAL binlog_expire_logs_seconds = 2592000")
    before = sorted(path for path in shop.foreset.lake.rglob("*"))
    Checks(shop.foreset)
    assert sorted(path for path in shop.foreset.lake.rglob("*")) == before


def test_a_purged_binlog_is_a_failure(shop):
    shop.foreset.Run()
    shop.server.sql("FLUSH BINARY LOGS; FLUSH BINARY LOGS")
    newest = shop.server.query("SHOW BINARY LOGS")[-1][0]
    shop.server.sql(f"PURGE BINARY LOGS TO '{newest}'")
    gone = Checks(shop.foreset, exits=1)["binlog for this lake"]
    assert (gone["outcome"], gone["code"]) == ("failed", "E2108") and "foreset reset" in gone["fix"]


def test_a_place_that_cannot_be_written_to(shop, tmp_path):
    (tmp_path / "file").write_text("in the way")
    shop.foreset.Configure({"lake": {"gold": str(tmp_path / "file" / "gold")}})
    checks = Checks(shop.foreset)
    assert checks["lake.gold"]["outcome"] == "failed" and checks["lake.gold"]["fix"]


def test_the_sink_is_checked_without_publishing(kafka, servers, tmp_path):
    shop = Shop(tmp_path, servers("mysql"), "checked",
                {"sink": {"kafka": {"bootstrap_servers": kafka.bootstrap, "topic_prefix": "checked"}}})
    checks = Checks(shop.foreset)
    for name in ("sink.brokers", "sink.topics", "sink.transactions", "sink.progress"):
        assert checks[name]["outcome"] == "ok", checks[name]
    assert checks["sink.progress"]["found"] == "nothing is published yet"
    assert not [topic for topic in kafka.topics() if "checked" in topic]
    shop.foreset.Run()
    checks = Checks(shop.foreset)
    assert checks["sink.progress"]["found"].startswith("up to ") and checks["sink.topics"]["found"] != "0 of checked.*"


def test_a_sink_that_does_not_answer(servers, tmp_path):
    shop = Shop(tmp_path, servers("mysql"), "unanswered",
                {"sink": {"kafka": {"bootstrap_servers": f"127.0.0.1:{FreePort()}", "topic_prefix": "unanswered"}}})
    broken = Checks(shop.foreset, exits=69)["sink.brokers"]
    assert (broken["outcome"], broken["code"]) == ("failed", "E2301") and broken["fix"]
