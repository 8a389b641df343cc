# SPDX-License-Identifier: MIT
"""The store's own tests against Azurite: its contract, races, lost replies, large objects, long listings."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def Program():
    """The test program of the newest build."""
    found = list(ROOT.glob("build/*/src/foreset/storage/foreset_azure_server_test"))
    assert found, "build the target foreset_azure_server_test first"
    return max(found, key=lambda path: path.stat().st_mtime)


@pytest.mark.timeout(600)
def test_the_store_keeps_its_contract(azurite):
    azurite.CreateContainer("mybronze", "contract")
    environment = {**os.environ, "FORESET_AZURITE": f"{azurite.EndpointOf('mybronze')}/contract",
                   "AZURE_STORAGE_ACCOUNT_KEY": azurite.keys["mybronze"]}
    done = subprocess.run([Program()], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert int(re.search(r"PASSED\s*\] (\d+) tests", done.stdout)[1]) >= 16
