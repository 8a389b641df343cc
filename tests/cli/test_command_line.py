# SPDX-License-Identifier: MIT
"""Help that teaches, errors that name the next step, exit codes that scripts can rely on."""

import json
import re

import pytest

COMMANDS = ["init", "doctor", "run", "serve", "status", "verify", "progress", "table", "row", "reset", "quarantine", "explain",
            "generate"]
TABLE_COMMANDS = ["ls", "show", "history", "cat", "diff"]


def test_help_lists_every_command_and_the_exit_codes(foreset):
    out, err = foreset("--help")
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", out, re.M), f"help lacks {command}"
    assert "78 configuration" in out and err == ""
    assert foreset()[0] == out


@pytest.mark.parametrize("command", [[c] for c in COMMANDS] + [["table", c] for c in TABLE_COMMANDS])
def test_every_command_has_help(foreset, command):
    out, _ = foreset(*command, "--help")
    assert "Usage: foreset " + " ".join(command) in out
    assert foreset("help", *command)[0] == out


def test_version(foreset):
    assert re.fullmatch(r"foreset \d+\.\d+\.\d+\n", foreset("--version")[0])


@pytest.mark.parametrize("arguments, says", [
    (["tabel"], 'did you mean "table"?'),
    (["table", "catt", "x"], 'did you mean "cat"?'),
    (["explain", "--log-fromat", "json"], 'did you mean "--log-format"?'),
    (["table", "cat"], "T is required"),
    (["table", "cat", "x", "-o", "xml"], "xml"),
    (["table", "cat", "x", "--version", "1", "--at", "2026-01-01"], "--at"),
    (["--set", "novalue", "explain"], "KEY=VALUE"),
    (["explain", "E0000"], '"E0000" is not an error code'),
    (["table", "cat", "x", "--version", "-1"], "Value -1 is no number from 0 on"),
])
def test_a_wrong_command_line_is_exit_2_and_says_what_was_meant(foreset, arguments, says):
    out, err = foreset(*arguments, exits=2)
    assert out == "" and "error E1001" in err and says in err
    assert "  next: " in err and "  why: " in err


def test_explain_knows_every_code(foreset):
    codes = re.findall(r"^E(\d{4})  exit +\d+  \S", foreset("explain")[0], re.M)
    assert len(codes) > 20 and codes == sorted(set(codes))
    pages, _ = foreset("explain", *codes)
    assert pages.count("Next step") == len(codes)


def test_errors_as_json_are_one_object_a_line(foreset):
    _, err = foreset("--log-format", "json", "table", "cat", "nowhere", exits=1)
    error = json.loads(err)
    assert error["level"] == "error" and re.fullmatch(r"E4\d{3}", error["code"]) and error["next"]


def test_no_escape_sequences_off_a_terminal(foreset):
    assert "\x1b" not in foreset("table", "cat", "nowhere", exits=1, environment={"TERM": "xterm"})[1]


ACTING = "\x1b[31m\nFAKE\r\x9b\u202e\u2066\u2028\x7f"


@pytest.mark.parametrize("arguments", [
    ["table", "show", f"x{ACTING}"], ["table", "cat", f"x{ACTING}"], ["sql", f"SELECT {ACTING}"],
    ["filter", f"x{ACTING}", "id = 1"], ["explain", f"x{ACTING}"],
    [f"x{ACTING}"], ["doctor", "-c", f"x{ACTING}"], ["csv-to-delta", f"x{ACTING}", "t"]])
def test_what_acts_on_a_terminal_is_written_out(foreset, arguments):
    """Wherever a name comes from; a line that it begins stands under the program's own."""
    out, err = foreset(*arguments, exits=None)
    for line in (out + err).split("\n"):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u202e\u2066]", line), repr(line)
        assert not line.startswith("FAKE")


def test_a_file_without_end_is_none(foreset):
    foreset.Write("endless.yaml", "source: {mysql: {host: h, user: u, password: '${file:/dev/zero}'}}\nlake: lake\n")
    assert "larger than 16 MiB" in foreset("doctor", "-c", "endless.yaml", exits=78)[1]
    assert "larger than 16 MiB" in foreset("doctor", "-c", "/dev/zero", exits=None)[1]


def test_output_that_goes_nowhere_is_an_error(foreset):
    import subprocess

    from tests.harness.program import BINARY

    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(BINARY), "explain"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 1 and b"E1003" in done.stderr
