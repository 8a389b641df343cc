# SPDX-License-Identifier: MIT
"""The ways that changes take from a source to a lake. Each has a Foreset at its end, whose lake the tests read."""

from tests.harness.program import Foreset


class NativePipeline:
    """The program reads the source's binlog itself. `tables` is its lake, a local one unless named."""

    def __init__(self, directory, server, database, tables=None):
        self.foreset = Foreset(directory, server, database, tables=tables)

    def BeforeRun(self):
        """Before `run --until-current`: what stands before the program has all that the source has."""

    def BeforeStart(self):
        """Before `run`: what stands before the program runs."""

    def AfterStop(self):
        """After the program's end, by itself or by a signal."""

    def Discard(self):
        self.foreset.Discard()
