# SPDX-License-Identifier: MIT
"""What `scripts/test` makes of what its stages say."""

import importlib.machinery
import importlib.util
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def stages(tmp_path, monkeypatch):
    loader = importlib.machinery.SourceFileLoader("stages", str(ROOT / "scripts" / "test"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("stages", loader))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "LOGS", tmp_path)
    return module


@pytest.mark.parametrize("said, counted", [
    ("5 passed in 1.2s", (5, 0)),
    ("===== 1 failed, 4 passed, 1 error in 61.20s (0:01:01) =====", (4, 2)),
    ("4 passed, 1 skipped in 1.0s", (4, 1)),
    ("2 skipped in 1.0s", (0, 2)),
    ("100% tests passed, 0 tests failed out of 22", (22, 0)),
    ("90% tests passed, 2 tests failed out of 20\n3 passed, 0 failed", (21, 2)),
    ("no tests ran in 0.1s", (0, 0)),
    ("", (0, 0)),
])
def test_passed_and_failed_are_counted(stages, said, counted):
    assert stages.Count(said) == counted


@pytest.mark.parametrize("name, said, status, counted", [
    ("golden", "5 passed in 1.2s", 0, (5, 0)), ("golden", "nothing", 0, (0, 1)), ("golden", "5 passed in 1.2s", 1, (5, 1)),
    ("golden", "4 passed, 1 skipped in 1.2s", 0, (4, 1)), ("build", "all is built", 0, (1, 0)), ("build", "", 3, (0, 1)),
])
def test_a_stage_that_ran_no_test_or_skipped_one_fails(stages, name, said, status, counted):
    assert stages.RunStage(name, [["sh", "-c", f"echo '{said}'; exit {status}"]]) == counted


def test_an_empty_parameter_set_and_a_missing_folder_of_tables_fail(stages, tmp_path, monkeypatch):
    monkeypatch.setenv(stages.FOREIGN_TABLES, str(tmp_path / "nothing"))
    passed, failed = stages.RunStage("foreign", [[sys.executable, "-m", "pytest", "-q", "tests/foreign"]])
    assert passed == 0 and failed > 0
    assert "empty parameter set" in (tmp_path / "foreign.log").read_text().lower()


def test_foreign_tables_are_a_stage_where_a_folder_is_named(stages, monkeypatch):
    monkeypatch.delenv(stages.FOREIGN_TABLES, raising=False)
    assert ("foreign",) not in stages.Gate()
    monkeypatch.setenv(stages.FOREIGN_TABLES, "somewhere")
    assert ("foreign",) in stages.Gate()


def test_every_stage_of_the_gate_is_there_and_every_folder_of_tests_has_a_stage(stages):
    known = stages.Stages(stages.argparse.Namespace(fuzz_seconds=1))
    gate = {name for together in stages.GATE for name in together}
    assert gate <= set(known)
    tested = {word.split("/")[1] for name in gate | {"foreign", "retention"} for command in known[name] for word in command
              if word.startswith("tests/")}
    assert tested == {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
