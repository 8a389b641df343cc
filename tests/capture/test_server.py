# SPDX-License-Identifier: MIT
"""Capture against real servers: the C++ tests of src/foreset/capture/mysql/server_test.cc, once for each kind."""

import os
import pathlib
import subprocess

import pytest

from tests.servers.fault_proxy import FaultProxy, StreamRule

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


SILENT_AFTER = 12_000  # bytes of the server: behind the log-in, before the end of what a test asks for


def Program():
    """The test program of the newest build."""
    found = list(ROOT.glob("build/*/src/foreset/capture/foreset_capture_server_test"))
    assert found, "build the target foreset_capture_server_test first"
    return max(found, key=lambda path: path.stat().st_mtime)


@pytest.mark.timeout(600)
def test_capture_against_a_server(source):
    with FaultProxy(source.port) as proxy:
        proxy.add(StreamRule(after=SILENT_AFTER, silent=True, times=None))
        RunProgram(source, proxy)


def RunProgram(source, proxy):
    environment = {
        **os.environ,
        "FORESET_TEST_PORT": str(source.port),
        "FORESET_TEST_ROOT_PASSWORD": source.root_password,
        "FORESET_TEST_USER": source.user,
        "FORESET_TEST_PASSWORD": source.password,
        "FORESET_TEST_SILENT_PORT": str(proxy.port),
    }
    done = subprocess.run([Program()], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
