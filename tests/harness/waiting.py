# SPDX-License-Identifier: MIT
"""Waiting for a condition: no test sleeps for a guessed time."""

import time


def WaitFor(condition, what, seconds=60, pause=0.02):
    """Returns the first true answer of `condition()`; fails with what it said last when none comes."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)
