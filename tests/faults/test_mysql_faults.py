# SPDX-License-Identifier: MIT
"""Connections to the source that break in the middle of an event, fall silent, or carry a byte at a time."""

import random

import pytest

from tests.faults.once import Ledger
from tests.harness.program import Foreset
from tests.servers import KINDS
from tests.servers.fault_proxy import FaultProxy, StreamRule

LOGIN = 400  # bytes that the server sends before it is asked for anything of use, at least
SEED = 20_260_131


@pytest.fixture(params=sorted(KINDS))
def proxied(request, servers, tmp_path):
    """(pipeline, ledger, proxy): the pipeline reaches the source through the proxy only."""
    server = servers(request.param)
    with FaultProxy(server.port) as proxy:
        ledger = Ledger(server, "faults")
        foreset = Foreset(tmp_path, server, "faults", {"source": {"mysql": {"port": proxy.port}}})
        foreset.Run()
        yield foreset, ledger, proxy
        foreset.Discard()


def test_connections_that_break_in_the_middle_of_an_event(proxied):
    """Each connection is reset after so many bytes: in a login, in the middle of events of some kilobytes, between."""
    foreset, ledger, proxy = proxied
    rng = random.Random(SEED)
    foreset.Start()
    for _ in range(12):
        rule = proxy.add(StreamRule(after=LOGIN + rng.randrange(12_000), times=1))
        proxy.reset_all()
        ledger.Change(body_bytes=3_000)
        # It ends inside what the pipeline reads next: the changes, or its own questions.
        foreset.WaitUntil(lambda rule=rule: rule.met == 1 or Has(foreset, ledger), "the connection breaks")
        proxy.clear()
    foreset.Verify()
    foreset.Stop()
    ledger.CheckBronze(foreset)


def Has(foreset, ledger):
    """Whether silver has the ledger's newest row: the break was behind it."""
    from tests.harness.readers import DeltaLakeReader

    rows = DeltaLakeReader().Read(foreset.lake / "silver" / "T").Column("Id")
    return ledger.next - 1 in rows


def test_a_connection_that_falls_silent(proxied):
    """Half-open: no byte and no end. The pipeline hangs up by itself and comes again."""
    foreset, ledger, proxy = proxied
    foreset.Start()
    rule = proxy.add(StreamRule(after=LOGIN + 20_000, silent=True, times=None))
    proxy.reset_all()

    def Silent():
        ledger.Change(body_bytes=3_000)
        return rule.met

    foreset.WaitUntil(Silent, "the connection falls silent")
    proxy.clear()
    foreset.WaitUntil(lambda: Has(foreset, ledger), "the pipeline comes again", seconds=120)
    foreset.Verify()
    foreset.Stop()
    ledger.CheckBronze(foreset)


def test_a_byte_at_a_time(proxied):
    foreset, ledger, proxy = proxied
    proxy.add(StreamRule(slice=1, times=None))
    ledger.Change(body_bytes=300)
    foreset.Run()
    foreset.Verify()
    ledger.CheckBronze(foreset)


def test_a_source_that_is_away_for_a_while(proxied):
    foreset, ledger, proxy = proxied
    foreset.Start()
    ledger.Change()
    foreset.WaitUntil(lambda: Has(foreset, ledger), "the first changes")
    proxy.refuse()
    ledger.Change()
    foreset.WaitUntil(lambda: "E2" in foreset.Said(), "the pipeline notices")
    proxy.refuse(False)
    foreset.WaitUntil(lambda: Has(foreset, ledger), "the pipeline comes again")
    foreset.Verify()
    foreset.Stop()
    ledger.CheckBronze(foreset)
