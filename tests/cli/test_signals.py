# SPDX-License-Identifier: MIT
"""Ctrl-C and SIGTERM: 130 and 143 of what begins and ends, 0 of what goes on by itself, and nothing half-done."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from tests.cli.conftest import Program
from tests.harness.program import BINARY, Foreset
from tests.harness.terminal import Terminal
from tests.harness.waiting import WaitFor

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "examples" / "online_store" / "online_store.sql"
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    source = ROOT / "tests" / "servers" / "failing_files.c"
    library = tmp_path_factory.mktemp("shim") / "failing_files.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def Contents(folder):
    """Every file below, by name; those that a later commit may name are not yet there for anybody."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# All of them need no server: the lake is filled from the plain tables of `plain`.
CONFIGURATION = """
name: shop
source: {delta: {location: plain, keys: {T: id}}}
lake: lake
"""
COMMANDS = {
    "csv-to-delta": ["csv-to-delta", "in.csv", "lake/New"],
    "migrate": ["migrate", "in", "--to", "lake/copied"],
    "filter": ["filter", "lake/silver/T", "--where", "id > 1", "--to", "lake/Some"],
    "filter to a file": ["filter", "lake/silver/T", "--to", "lake/some.parquet"],
    "sql": ["sql", "SELECT count(*) FROM T", "--lake", "lake"],
    "table ls": ["table", "ls", "lake"],
    "table show": ["table", "show", "lake/silver/T"],
    "table history": ["table", "history", "lake/silver/T"],
    "table cat": ["table", "cat", "lake/silver/T"],
    "table diff": ["table", "diff", "lake/silver/T", "--from", "0", "--to", "1"],
    "table optimize": ["table", "optimize", "lake/silver/T"],
    "table vacuum": ["table", "vacuum", "lake/silver/T"],
    "table restore": ["table", "restore", "lake/gold/T_current", "--version", "1"],
    "table checkpoint": ["table", "checkpoint", "lake/silver/T"],
    "row": ["row", "T", "1", "-c", "foreset.yaml"],
    "status": ["status", "-c", "foreset.yaml"],
    "progress show": ["progress", "show", "-c", "foreset.yaml"],
    "quarantine ls": ["quarantine", "ls", "-c", "foreset.yaml"],
    "verify": ["verify", "-c", "foreset.yaml"],
    "reset": ["reset", "-c", "foreset.yaml", "--layer", "gold", "--yes"],
    "reset --purge": ["reset", "-c", "foreset.yaml", "--layer", "gold", "--purge", "--yes"],
    "warehouse load": ["warehouse", "load", "-c", "foreset.yaml", "--models", "models"],
    "generate": ["generate", "--rows", "1000", "--csv", "lake/shop"],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A lake with one table, and what the commands read."""
    foreset = Program(tmp_path_factory.mktemp("made"))
    foreset.Write("foreset.yaml", CONFIGURATION)
    foreset.Write("in.csv", "id,name\n1,a\n2,b\n")
    for folder in ("in", "models"):
        (foreset.directory / folder).mkdir()
    foreset.Write("in/T.csv", "id,name\n1,a\n2,b\n")
    foreset.Write("models/M.sql", "-- @key id\nSELECT id FROM silver.T")
    foreset("csv-to-delta", "in.csv", "plain/T")
    foreset("run", "-c", "foreset.yaml", "--until-current")
    return foreset.directory


@pytest.fixture
def lake(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Program(tmp_path)


def Interrupted(number, path="/lake"):
    """The environment of a program that gets the signal at its first call on a path that holds this."""
    return {"FAILING_PATH": path, "FAILING_SIGNAL": str(int(number)), "FAILING_TIMES": "1"}


@pytest.mark.parametrize("name, number", [(name, signal.SIGINT) for name in COMMANDS] + [
    (name, signal.SIGTERM) for name in ("csv-to-delta", "table cat")])
def test_a_batch_command_ends_with_the_signals_code(lake, shim, name, number):
    """What stood in the lake stands there as it was, beside it is nothing unfinished, and the command can be given again."""
    before = Contents(lake.directory / "lake")
    _, err = lake(*COMMANDS[name], exits=SIGNALS[number], environment={"LD_PRELOAD": str(shim), **Interrupted(number)})
    assert err == "" or "error E9002" in err, err
    after = Contents(lake.directory / "lake")
    assert {path: after.get(path) for path in before} == before, "what was there has changed"
    assert not [path for path in after if "tmp" in path], after
    if name != "generate":  # which does not write over what it has made
        lake(*COMMANDS[name])


class Mute:
    """A server that takes connections and says nothing."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.port = self.socket.getsockname()[1]
        self.user, self.password = "foreset", "canary"
        return self

    def __exit__(self, *_):
        self.socket.close()


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("arguments", [["run"], ["run", "--until-current"], ["run", "--layer", "gold"]], ids=" ".join)
def test_a_run_ends_cleanly(lake, shim, number, arguments):
    lake(*arguments, "-c", "foreset.yaml", environment={"LD_PRELOAD": str(shim), **Interrupted(number)})


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_doctor_does_not_wait_for_a_server_that_is_silent(tmp_path, number):
    with Mute() as server:
        pipeline = Foreset(tmp_path, server, "shop")
        process = subprocess.Popen([BINARY, "doctor", "-c", pipeline.config], env=pipeline.Environment(), cwd=tmp_path,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        connection, _ = server.socket.accept()
        with connection:
            process.send_signal(number)
            said, _ = process.communicate(timeout=20)
        assert process.returncode == SIGNALS[number], said.decode()


def test_a_load_of_the_shop_tells_what_it_did(servers, tmp_path):
    """`generate` without an end is ended so; what it has written is in its report all the same."""
    shop = Foreset(tmp_path, servers("mysql"), "online_store")
    shop.server.sql("DROP DATABASE IF EXISTS online_store")
    shop.server.sql(SCHEMA.read_text())
    shop.Configure({"source": {"mysql": {"user": "root", "password": shop.server.root_password}}})
    orders = "SELECT count(*) FROM online_store.Orders"
    before = shop.server.query(orders)
    with subprocess.Popen([BINARY, "generate", "-c", shop.config, "-o", "json"], env=shop.Environment(), cwd=tmp_path,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while shop.server.query(orders) == before:
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert json.loads(out)["changes"] > 0 and b"E9002" in err


@pytest.mark.parametrize("command", ["serve", "connect"])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_what_serves_ends_cleanly(lake, command, number):
    with subprocess.Popen([BINARY, command, "-c", "foreset.yaml", "--listen", "127.0.0.1:0"], cwd=lake.directory,
                          env={**lake.environment, "XDG_STATE_HOME": str(lake.directory)}, stderr=subprocess.PIPE) as process:
        for line in process.stderr:
            if b"listening on" in line:
                break

        process.send_signal(number)
        said = process.stderr.read()
        assert process.wait(20) == 0, said


def Asked(process):
    """Whether it waits in a system call for its standard input."""
    return (pathlib.Path("/proc") / str(process.pid) / "syscall").read_text().startswith("0 0x0 ")


def test_waiting_for_input_ends_at_once(lake):
    """Where nobody writes, and no more comes: one Ctrl-C, and no temporary file is left."""
    temporary = lake.directory / "temporary"
    temporary.mkdir()
    os.mkfifo(lake.directory / "pipe")
    environment = {**lake.environment, "TERM": "xterm", "TMPDIR": str(temporary)}
    load = [BINARY, "csv-to-delta", "-", "lake/New"]
    terminal = Terminal(load, lake.directory, environment)
    silent = [subprocess.Popen([BINARY, *command], cwd=lake.directory, env=environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
              for command in (load[1:], ["csv-to-delta", "pipe", "lake/New"], ["sql", "--lake", "lake"])]
    WaitFor(lambda: len(list(temporary.glob("*/piped-0.csv"))) == 3, "all loads wait")
    WaitFor(lambda: Asked(silent[2]), "the question is waited for")
    silent[0].stdin.write(b"id,name\n1,a\n")
    silent[0].stdin.flush()
    terminal.Type("id,name\n\x03")
    for process in silent:
        process.send_signal(signal.SIGINT)
    assert [terminal.Leave(), *(process.wait(20) for process in silent)] == [130] * 4
    assert "E9002" in terminal.said and not list(temporary.iterdir())


def test_doctor_takes_its_probe_away(lake, shim):
    fault = {"LD_PRELOAD": str(shim), **Interrupted(signal.SIGINT, "_foreset-doctor")}
    lake("doctor", "-c", "foreset.yaml", exits=130, environment=fault)
    assert not list(lake.directory.rglob("_foreset-doctor*"))


@pytest.fixture
def hangup_by_default():
    """Who runs the tests may be below `nohup`, too."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def test_nohup_is_heeded(lake, shim, hangup_by_default):
    fault = {"LD_PRELOAD": str(shim), **Interrupted(signal.SIGHUP)}
    lake("table", "cat", "lake/silver/T", exits=129, environment=fault)
    done = subprocess.run(["nohup", BINARY, "table", "cat", "lake/silver/T"], cwd=lake.directory, stdin=subprocess.DEVNULL,
                          env={**lake.environment, **fault}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
