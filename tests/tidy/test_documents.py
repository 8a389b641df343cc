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
    paths = (error_codes.BASE / "error_catalog.inc", *sorted((error_codes.BASE / "errors").glob("*.inc")))
    catalogue = "\n".join(path.read_text() for path in paths)
    assert error_codes.PAGE.read_text() == error_codes.Page(catalogue), "run tools/error_codes.py"
    assert len(list(error_codes.Rows(catalogue))) == len(re.findall(r"^FORESET_ERROR\(", catalogue, re.M))


def test_the_page_of_metrics_is_the_catalogue():
    metric_reference = Load("metric_reference")
    metrics = metric_reference.Metrics()
    assert metric_reference.PAGE.read_text() == metric_reference.Page(metrics), "run tools/metric_reference.py"
    assert len(metrics) == len(re.findall(r"^FORESET_METRIC\(", metric_reference.CATALOGUE.read_text(), re.M))


def test_troubleshooting_quotes_codes_as_they_are():
    """Each heading is a code with its title, its message begins with that code, and no code is unknown."""
    error_codes = Load("error_codes")
    titles = dict(re.findall(r"^\| E(\d{4}) \| \d+ \| (.*?) \|", error_codes.PAGE.read_text(), re.M))
    page = (ROOT / "docs" / "operating" / "troubleshooting.md").read_text()
    entries = re.findall(r"^### E(\d{4}): ([^\n]*)\n\n```\nerror E(\d{4}): [^\n]+\n```\n\n\*\*Cause\.\*\* (?:(?!\n#).)+?"
                         r"\n\n\*\*Fix\.\*\* ", page, re.M | re.S)
    assert len(entries) == len(re.findall(r"^### ", page, re.M)) > 30
    for code, title, quoted in entries:
        assert (titles[code], code) == (title, quoted)
    assert set(re.findall(r"\bE(\d{4})\b", page)) <= set(titles)
    for area in ("Connection", "Kafka", "Storage and disk", "Delta tables", "Ordering and completeness"):
        assert f"\n## {area}\n" in page


def test_links_between_documents_lead_somewhere():
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "*.md"], capture_output=True, text=True, check=True)
    broken = []
    for name in listed.stdout.split():
        page = ROOT / name
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            place = (page.parent / target).resolve()
            if "://" not in target and not (place.is_relative_to(ROOT) and place.exists()):
                broken.append(f"{name}: {target}")
    assert not broken
