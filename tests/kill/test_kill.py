# SPDX-License-Identifier: MIT
"""SIGKILL at random moments: nothing is lost and nothing comes twice.

FORESET_KILLS says how many kills there are in all (50), FORESET_SEED repeats a run.
"""

import os
import random
import signal
import subprocess

import pytest
import yaml

from tests.harness.program import BINARY, Foreset, ROOT
from tests.harness.readers import DeltaLakeReader
from tests.kill.binlog_changes import Changes, EndOfLog, FirstDifference
from tests.servers import KINDS
from tests.servers.server_process import DieWithParent

DATABASE = "online_store"
KILLS = int(os.environ.get("FORESET_KILLS", "50"))
SEED = int(os.environ.get("FORESET_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
ROWS = 30_000
RATE = 400


@pytest.fixture(params=sorted(KINDS))
def shop(request, tmp_path):
    """A server with the shop, and the pipeline's program for it."""
    with KINDS[request.param]() as server:
        server.sql((ROOT / "examples" / "online_store" / "online_store.sql").read_text())
        foreset = Foreset(tmp_path, server, DATABASE)
        yield foreset
        foreset.Discard()


def GeneratorConfiguration(foreset):
    """The same configuration for a user that may write."""
    settings = {**foreset.settings, "source": {"mysql": {**foreset.settings["source"]["mysql"], "user": "root"}}}
    path = foreset.directory / "generator.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def Generate(foreset, *arguments, **options):
    command = [str(BINARY), "generate", "-c", str(GeneratorConfiguration(foreset)), *map(str, arguments)]
    environment = {**os.environ, "MYSQL_PASSWORD": foreset.server.root_password}
    return subprocess.Popen(
        command, cwd=foreset.directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, preexec_fn=DieWithParent, **options)


def KillAtRandom(foreset, rng, longest_s):
    """Lets the pipeline run for a random while, then SIGKILL; True when it was killed before it ended by itself."""
    process = foreset.Start("--until-current") if longest_s is None else foreset.Start()
    try:
        process.wait(rng.uniform(0.0, longest_s or 1.0) ** 1.5)
        assert longest_s is None, f"the pipeline ended by itself with {process.returncode}:\n{foreset.Said()}"
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        process.kill()
        process.wait()
        foreset.background = None


@pytest.mark.timeout(1800)
def test_killed_at_random_moments(shop):
    print(f"FORESET_SEED={SEED}")
    rng = random.Random(SEED)
    filled = Generate(shop, "--rows", ROWS, "--changes", 0, "--seed", SEED)
    said, _ = filled.communicate(timeout=300)
    assert filled.returncode == 0, said.decode()

    # Kills while the tables are copied, then while they are followed under load.
    kills = sum(KillAtRandom(shop, rng, None) for _ in range(5))
    shop.Run()
    file, position = EndOfLog(shop.server)
    load = Generate(shop, "--rate", RATE, "--seed", SEED + 1, "--duration", "1h")
    while kills < KILLS // 2:
        kills += KillAtRandom(shop, rng, 1.6)
        assert load.poll() is None, load.stdout.read().decode()
    load.send_signal(signal.SIGTERM)
    said, _ = load.communicate(timeout=60)
    assert load.returncode == 128 + signal.SIGTERM, said.decode()

    shop.Run(timeout=300)
    shop.Verify()
    AssertBronzeIsTheBinlog(shop, file, position)


def AssertBronzeIsTheBinlog(shop, file, position):
    """Each table of bronze has the log's changes, each once, in the log's order; and the copied rows, each once."""
    changes = Changes(shop.server, DATABASE, file, position)
    assert sum(map(len, changes.values())) > 100, "the load made hardly a change"
    reader = DeltaLakeReader()
    for table, wanted in changes.items():
        rows = reader.Read(shop.lake / "bronze" / table)
        columns = rows.Select(["_seq", "_op"]).rows
        key = next(iter(reader.Table(shop.lake / "bronze" / table).schema.field("after").type)).name
        before, after = rows.Column(f"before.{key}"), rows.Column(f"after.{key}")
        events = sorted((seq, op, b, a) for (seq, op), b, a in zip(columns, before, after))
        assert len({event[0] for event in events}) == len(events), f"{table}: a _seq comes twice"
        copied = [event[3] for event in events if event[1] == "r"]
        assert len(copied) == len(set(copied)), f"{table}: a row was copied twice"
        streamed = [event[1:] for event in events if event[1] != "r"]
        assert streamed == wanted, f"bronze/{table} is not the binlog: {FirstDifference(streamed, wanted)}"
