# SPDX-License-Identifier: MIT
"""The JSON Schema of foreset.yaml knows what the reader knows: every key that the page lists, every file that stands
anywhere in this repository, and nothing else."""

import importlib.util
import json
import re
import shutil

import jsonschema
import pytest
import yaml

from tests.harness.program import BINARY, ROOT

PAGE = ROOT / "docs" / "reference" / "configuration.md"
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SCENARIO = re.compile(r"^-- config\n(.*?)^(-- [^\n]*)", re.MULTILINE | re.DOTALL)  # and what comes after it


class Yaml12(yaml.SafeLoader):
    """As editors read it: on, off, yes and no are words."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("configuration_schema", ROOT / "tools" / "configuration_schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def schema(reference):
    made = json.loads(reference.Schema(BINARY))
    jsonschema.Draft202012Validator.check_schema(made)
    return made


def Mistakes(schema, text):
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(text, Yaml12))]


def Mapping(schema):
    """The mapping that may stand there, if one may."""
    return next((form for form in (schema, *schema.get("anyOf", ())) if "properties" in form), None)


def Leaves(schema, path=()):
    """The path of every value; NAME where the user's own word stands."""
    mapping = Mapping(schema)
    if mapping is None or "anyOf" in schema:
        yield path
    for key, form in (mapping or {}).get("properties", {}).items():
        yield from Leaves(form, (*path, key))
    others = (mapping or {}).get("additionalProperties")
    if others:
        yield from Leaves(others, (*path, "NAME"))
    for pattern, form in (mapping or {}).get("patternProperties", {}).items():
        yield from Leaves(form, (*path, pattern))


def Find(schema, name, path=()):
    """Where a dotted name of the page leads; keys have dots of their own."""
    mapping = Mapping(schema)
    if not name or mapping is None:
        return path if not name else None
    for key in sorted(mapping["properties"], key=len, reverse=True):
        if name == key or name.startswith(key + "."):
            return Find(mapping["properties"][key], name[len(key) + 1:], (*path, key))
    for pattern, form in mapping.get("patternProperties", {}).items():
        if re.match(pattern, name):
            return (*path, pattern)
    if mapping["additionalProperties"]:
        return Find(mapping["additionalProperties"], name.partition(".")[2], (*path, "NAME"))
    return None


def NamesOfThePage():
    for row in re.findall(r"^\| (`[^|]*) \|", PAGE.read_text(), re.MULTILINE):
        before = ""
        for name in re.findall(r"`([^`]+)`", row):
            before = before.rpartition(".")[0] + name if name.startswith(".") else name
            yield before


def test_the_file_is_what_the_program_says(reference):
    assert reference.PAGE.read_text() == reference.Schema(BINARY), "run tools/configuration_schema.py"


def test_the_page_has_every_key_of_the_reader_and_no_other(schema):
    found = {name: Find(schema, name) for name in NamesOfThePage()}
    assert [name for name, path in found.items() if path is None] == []
    listed = set(found.values())
    # A key with several forms may have one name.
    covered = [path in listed or any(path[:length] in listed for length in range(2, len(path))) for path in Leaves(schema)]
    assert [path for path, is_listed in zip(Leaves(schema), covered) if not is_listed] == []


def Configurations():
    for path in [*ROOT.glob("examples/**/foreset.yaml"), *ROOT.glob("deploy/foreset/*.yaml")]:
        yield pytest.param(path.read_text(), True, id=path.name)
    for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]:
        for number, block in enumerate(FENCE.findall(path.read_text())):
            yield pytest.param(block, True, id=f"{path.name}-{number}")
    for path in sorted(ROOT.glob("tests/scenarios/**/*.scenario")):
        for number, (block, then) in enumerate(SCENARIO.findall(path.read_text())):
            yield pytest.param(block, 'says "foreset.yaml:"' not in then, id=f"{path.name}-{number}")


@pytest.mark.parametrize("text, fits", Configurations())
def test_every_configuration_here_fits_unless_the_reader_refuses_it(schema, text, fits):
    assert (Mistakes(schema, text) == []) == fits, Mistakes(schema, text)


def Mappings(schema, path=()):
    mapping = Mapping(schema)
    if mapping is None:
        return
    if mapping["additionalProperties"] is False:
        yield path
    else:
        yield from Mappings(mapping["additionalProperties"], (*path, "NAME"))
    for key, form in mapping["properties"].items():
        yield from Mappings(form, (*path, key))


def test_an_unknown_key_is_refused_wherever_it_stands(schema):
    paths = list(Mappings(schema))
    assert len(paths) > 12 and () in paths and ("source", "mysql", "tls") in paths
    for path in paths:
        text = {"unknown": "x"}
        for key in reversed(path):
            text = {key: text}
        assert Mistakes(schema, json.dumps(text)), path


@pytest.mark.parametrize("value, fits", [
    ("source: {mysql: {port: 3306}}", True), ("source: {mysql: {port: '3306'}}", True),
    ("source: {mysql: {port: '${env:PORT}'}}", True), ("source: {mysql: {port: 70000}}", False),
    ("source: {mysql: {port: many}}", False), ("source: {mysql: {tables: 'a.*,b.*'}}", True),
    ("source: {mysql: {tables: {a: b}}}", False), ("commit: {interval: 1.5 s}", True), ("commit: {interval: 5}", False),
    ("commit: {interval: 5 weeks}", False), ("memory_limit: 2GiB", True), ("memory_limit: much", False),
    ("upsert: rewrite", True), ("upsert: merge", False), ("upsert: '${env:UPSERT}'", True), ("lake: here", True),
    ("lake: [here]", False), ("maintenance: {vacuum: off}", True), ("azure: {create_containers: true}", True),
    ("azure: {fs.azure.account.key.a.dfs.core.windows.net: k}", True), ("azure: {fs.google: k}", False),
    ("silver: {expect: {T: {'a > 0': drop}}}", True), ("silver: {expect: {T: {'a > 0': fail}}}", False),
    ("lake: {format: {bronze: parquet}}", True), ("lake: {format: orc}", False), ("gold: {dimensions: {'*': }}", True),
])
def test_values_are_checked_as_the_reader_checks_them(schema, value, fits):
    assert (Mistakes(schema, value) == []) == fits


def test_init_puts_it_beside_the_file_that_names_it(foreset, schema):
    (foreset.directory / "conf").mkdir()
    foreset("init", "--file", "conf/foreset.yaml")
    text = (foreset.directory / "conf" / "foreset.yaml").read_text()
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text).group(1)
    assert json.loads((foreset.directory / "conf" / named).read_text()) == schema
    assert Mistakes(schema, text) == []
    shutil.rmtree(foreset.directory / "conf")
