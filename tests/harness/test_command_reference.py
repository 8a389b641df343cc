# SPDX-License-Identifier: MIT
"""The page of commands is what the program says."""

import importlib.util

from tests.harness.program import BINARY, ROOT


def test_the_page_of_commands_is_what_help_says():
    spec = importlib.util.spec_from_file_location("command_reference", ROOT / "tools" / "command_reference.py")
    command_reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(command_reference)
    page = command_reference.Page(BINARY)
    assert page.count("\n## ") > 10
    assert command_reference.PAGE.read_text() == page, "run tools/command_reference.py"
