# SPDX-License-Identifier: MIT
"""Every kind of request that changes something in Azure meets every fault: the lake ends equal to its source, and bronze
has each change once."""

import pytest

from tests.faults.once import TABLE, Ledger
from tests.harness.lakes import AzureLake
from tests.harness.program import Foreset
from tests.servers.fault_proxy import FaultProxy, Rule
from tests.servers.faults import Answer, Late, LoseAfter, LoseBefore
from tests.servers.wire import HttpWire

# kind -> (verb, pattern of path and query)
REQUESTS = {
    "commit": ("PUT", r"/_delta_log/\d{20}\.json"),
    "epoch": ("PUT", r"/_epochs/_delta_log/\d{20}\.json"),
    "data file": ("PUT", r"/(?!_delta_log/)[^/]*\.parquet$"),
    "deletion vector": ("PUT", r"\.bin$"),
    "block": ("PUT", r"comp=block(&|$)"),
    "block list": ("PUT", r"comp=blocklist"),
}
CHECKPOINTS = (r"/_delta_log/.*checkpoint.*\.parquet", r"/_delta_log/_last_checkpoint")
FAULTS = {
    "lost before": LoseBefore(),
    "lost after": LoseAfter(),
    "late, after the retry": Late(),
    "late, just before the retry": Late(before=True),
    "late, after what follows the retry": Late(by=4),
    "busy": Answer(503, (("Retry-After", "1"),)),
    "refused though done": Answer(500, applied=True),
}
LARGE = 2 << 20  # bytes of a row of which some make a file that is sent in blocks
ROUNDS = 25  # until a request of the kind must have been made


@pytest.fixture
def proxied(azurite, servers, tmp_path):
    """(pipeline, ledger, proxy) of a fresh lake behind the proxy."""
    with FaultProxy(azurite.port, HttpWire()) as proxy:
        endpoint = f"http://127.0.0.1:{proxy.port}/{{account}}"
        container = tmp_path.name.replace("_", "-").lower()[:40]
        lake = AzureLake(azurite, ["mybronze", "mysilver", "mygold"], tmp_path, container, seen_at=endpoint)
        server = servers("mariadb")
        ledger = Ledger(server, "faults")
        foreset = Foreset(tmp_path, server, "faults", tables=lake)
        foreset.Run()
        yield foreset, ledger, proxy
        foreset.Discard()


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_that_writes(proxied, kind):
    foreset, ledger, proxy = proxied
    verb, target = REQUESTS[kind]
    large = kind.startswith("block")
    for name, fault in FAULTS.items():
        rule = proxy.add(Rule(fault, verb, target))
        for _ in range(ROUNDS):
            ledger.Change(*((9, LARGE) if large else ()))
            foreset.Run()
            if rule.met:
                break
        assert rule.met == 1, f"{name}: there was no {kind} to meet it"
        proxy.clear()
        foreset.Verify()
    ledger.CheckBronze(foreset)


def test_checkpoints(proxied):
    """A table has one in fifty commits. Those of all tables meet the faults in turn, until each was met; the tables are
    then read from them by a reader that is not ours."""
    foreset, ledger, proxy = proxied
    rules = [proxy.add(Rule(fault, "PUT", target)) for target in CHECKPOINTS for fault in FAULTS.values()]
    foreset.Start()
    while not all(rule.met for rule in rules):
        before = foreset.tables.Versions(f"silver/{TABLE}")[-1]
        ledger.Change()
        foreset.WaitUntil(lambda before=before: foreset.tables.Versions(f"silver/{TABLE}")[-1] > before, "a commit")
    proxy.clear()
    foreset.Verify()
    foreset.Stop()
    ledger.CheckBronze(foreset)


def test_a_reset_moves_and_deletes_through_faults(proxied):
    """A reset moves a layer's tables away, object by object; `--purge` deletes them. Done in part it can be done again,
    and what was done though its reply was lost is no failure."""
    foreset, ledger, proxy = proxied
    for name, fault in FAULTS.items():
        ledger.Change()
        foreset.Run()
        moved = proxy.add(Rule(fault, "PUT", r"/_old/", skip=1))
        deleted = proxy.add(Rule(fault, "DELETE", skip=1))
        foreset.Command("reset", "-c", foreset.config, "--layer", "silver", TABLE, "--yes")
        foreset.Command("reset", "-c", foreset.config, "--layer", "silver", "--purge", "--yes")
        assert moved.met + deleted.met == 2, f"{name}: {moved.met} moves, {deleted.met} deletes met it"
        proxy.clear()
        foreset.Run()
        foreset.Verify()
    ledger.CheckBronze(foreset)


# Of a proxy or a portal in between, or of the storage for a time: (answer, verb, pattern of path and query).
PASSING = {
    "a redirection": (Answer(302), "GET", ""),
    "a proxy that asks who we are": (Answer(407), "GET", ""),
    "a proxy's refusal": (Answer(403), "GET", ""),
    "a proxy that knows no such page": (Answer(404), "GET", r"comp=list"),
    "a portal's page": (Answer(200, (("Content-Type", "text/html"),)), "GET", r"comp=list"),
    "a portal's page for a file": (Answer(200, (("Content-Type", "text/html"),)), "GET", r"/_delta_log/"),
    "a proxy's refusal to write": (Answer(405), "PUT", ""),
    "a header that is not understood": (Answer(400, (("x-ms-error-code", "InvalidHeaderValue"),)), "PUT", ""),
    "a lease on a file": (Answer(412, (("x-ms-error-code", "LeaseIdMissing"),)), "PUT", r"\.parquet$"),
    "a lease on a commit": (Answer(412, (("x-ms-error-code", "LeaseIdMissing"),)), "PUT", r"/_delta_log/\d{20}\.json"),
    "an immutable container": (Answer(409, (("x-ms-error-code", "BlobImmutableDueToPolicy"),)), "PUT", r"\.parquet$"),
    "an account that moves": (Answer(409, (("x-ms-error-code", "OperationNotAllowedOnFailoverState"),)), "PUT", ""),
}


def test_what_a_later_request_mends_ends_nothing(proxied):
    foreset, ledger, proxy = proxied
    for name, (answer, verb, target) in PASSING.items():
        rule = proxy.add(Rule(answer, verb, target, times=2))
        ledger.Change()
        foreset.Run()
        assert rule.met >= 1, name
        proxy.clear()
    foreset.Verify()
    ledger.CheckBronze(foreset)


def test_a_slow_and_halting_network(proxied):
    """Replies that break off, and a line that carries little."""
    from tests.servers.faults import CutReply, Delay, Slice

    foreset, ledger, proxy = proxied
    for fault in (CutReply(100), CutReply(400), Delay(0.5), Slice(1), Slice(200, rate=20_000)):
        rules = [proxy.add(Rule(fault, verb, skip=2, times=3)) for verb in ("GET", "PUT")]
        ledger.Change()
        foreset.Run()
        assert all(rule.met for rule in rules), f"{fault}: {[rule.met for rule in rules]}"
        proxy.clear()
        foreset.Verify()
    ledger.CheckBronze(foreset)


def test_a_service_that_is_away_for_a_while(proxied):
    """Nobody listens, then everybody is told to come back later: the pipeline goes on by itself."""
    foreset, ledger, proxy = proxied
    foreset.Start()
    proxy.refuse()
    ledger.Change()
    refused = len(proxy.requests)
    busy = proxy.add(Rule(Answer(503, (("Retry-After", "1"),)), times=6))
    proxy.refuse(False)
    foreset.WaitUntil(lambda: busy.met == 6 and len(proxy.requests) > refused, "the pipeline asks again")
    foreset.Verify()
    foreset.Stop()
    ledger.CheckBronze(foreset)
