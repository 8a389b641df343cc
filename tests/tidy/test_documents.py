# SPDX-License-Identifier: MIT
"""Documents that are made from the code are as the code is now, and links lead somewhere."""

import importlib.util
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def Load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_error_codes_is_the_catalogue():
    error_codes = Load("error_codes")
    catalogue = error_codes.CATALOG.read_text()
    assert error_codes.PAGE.read_text() == error_codes.Page(catalogue), "run tools/error_codes.py"
    assert len(list(error_codes.Rows(catalogue))) == len(re.findall(r"^FORESET_ERROR\(", catalogue, re.M))


def test_links_between_documents_lead_somewhere():
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "*.md"], capture_output=True, text=True, check=True)
    broken = []
    for name in listed.stdout.split():
        page = ROOT / name
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{name}: {target}")
    assert not broken
