# SPDX-License-Identifier: MIT
"""The life of a private server: one directory, one process, loopback only.

The process is known by its id, never by its name, and dies with the tests that started it.
"""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

CACHE = pathlib.Path(
    os.environ.get("FORESET_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "foreset"
)
START_SECONDS = 90
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    """The server cannot be set up or does not come up; the message ends with its own words."""


def FreePort():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def Accepts(port):
    """Whether somebody listens at this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def DieWithParent():
    """In the child: a server whose tests are gone must not stay."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class ServerProcess:
    """One private server. Not thread-safe. Its directory is removed at the end unless `data` names it."""

    kind = ""

    def __init__(self, data=None, keep=False):
        self.keep = keep or data is not None
        self.directory = pathlib.Path(data or tempfile.mkdtemp(prefix=f"foreset-{self.kind}-")).absolute()
        self.process = None

    # What each kind of server says for itself.

    def Prepare(self):
        """Makes what the first start needs; called before every start."""

    def ChoosePorts(self):
        """Takes free ports where none are chosen yet; called before every attempt to start."""
        raise NotImplementedError

    def ForgetPorts(self):
        """Somebody else may have taken the chosen ports: the next attempt chooses anew."""
        raise NotImplementedError

    def CommandLine(self):
        raise NotImplementedError

    def Environment(self):
        return dict(os.environ)

    def AcceptsConnections(self):
        """Whether the server is ready for its clients."""
        raise NotImplementedError

    # Life.

    @property
    def log(self):
        return self.directory / "server.log"

    def start(self, detached=False):
        """Sets the server up at the first call; returns when it accepts connections. `detached` leaves it running
        after this process."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.Prepare()
        for _ in range(3):
            if self.StartOnce(detached):
                return self
        raise ServerError(f"{self.kind} does not start:\n{self.LogTail()}")

    def StartOnce(self, detached):
        self.ChoosePorts()
        command = self.CommandLine()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.directory,
                env=self.Environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=detached,
                preexec_fn=None if detached else DieWithParent,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.ForgetPorts()
                return False
            if self.AcceptsConnections():
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self):
        """As if the machine had lost its power."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def suspend(self):
        """The server stands still: connections stay open, and nobody answers."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def discard(self):
        """Stops and removes everything."""
        self.stop()
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.discard()

    def LogTail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else "(no log)"
