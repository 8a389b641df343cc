# SPDX-License-Identifier: MIT
"""A mistake in the configuration names file, line and the nearest key, and exits with 78."""

import pytest

GOOD = """\
name: shop
source:
  mysql:
    host: 127.0.0.1
    port: 1
    user: reader
    password: "${env:MYSQL_PASSWORD}"
    tables: ["shop.*"]
lake: {bronze: lake/bronze, silver: lake/silver, gold: lake/gold}
"""


@pytest.mark.parametrize("old, new, says", [
    ("port: 1", "prot: 1", 'foreset.yaml:5: source.mysql: unknown key "prot"; did you mean "port"?'),
    ("name: shop", "nmae: shop", 'foreset.yaml:1: unknown key "nmae"; did you mean "name"?'),
    ("port: 1", "port: many", 'foreset.yaml:5: source.mysql.port: "many" is not a whole number'),
    ("port: 1", "port: 70000", "foreset.yaml:5: source.mysql.port:"),
    ("    user: reader\n", "", "source.mysql.user: is missing"),
    ('["shop.*"]', "[shop]", 'foreset.yaml:8: source.mysql.tables: "shop" has no dot'),
    (", gold: lake/gold", "", "foreset.yaml:9: lake.gold: is missing"),
    ("MYSQL_PASSWORD", "NOT_THERE", "foreset.yaml:7: source.mysql.password: ${env:NOT_THERE}:"),
    ("${env:MYSQL_PASSWORD}", "${file:no.txt}", "foreset.yaml:7: source.mysql.password: ${file:no.txt}:"),
    ("${env:MYSQL_PASSWORD}", "${vault:x}", "a reference is ${env:NAME} or ${file:PATH}"),
    ("port: 1", 'port: "${env:MYSQL_PASSWORD}"', '"${env:MYSQL_PASSWORD}" is not a whole number'),
    ("name: shop", "name: shop\nname: twice", 'foreset.yaml:2:1: the key "name" stands twice'),
    ("name: shop", "name: [shop", "foreset.yaml:"),
    ("name: shop", "commit: {interval: 5}", '"5" is not a duration'),
    ("name: shop", "memory_limit: 1MiB", "must be 128MiB at least"),
    ("name: shop", "upsert: merge", '"merge" is not one of deletion_vectors, rewrite'),
])
def test_a_mistake_names_its_place(foreset, old, new, says):
    foreset.Write("foreset.yaml", GOOD.replace(old, new))
    _, err = foreset("status", "-c", "foreset.yaml", "--offline", exits=78)
    assert says in err


def test_all_mistakes_are_told_at_once(foreset):
    foreset.Write("foreset.yaml", GOOD.replace("port: 1", "port: x").replace("name: shop", "nam: shop"))
    _, err = foreset("status", "--offline", exits=78)
    assert "foreset.yaml:1:" in err and "foreset.yaml:5:" in err


def test_a_missing_file_says_how_to_make_one(foreset):
    _, err = foreset("status", "-c", "none.yaml", exits=78)
    assert "none.yaml" in err and "foreset init" in err


def test_flag_wins_over_environment_over_file(foreset):
    foreset.Write("foreset.yaml", GOOD)
    environment = {"FORESET_SOURCE_MYSQL_PORT": "x"}
    assert "source.mysql.port" in foreset("status", "--offline", exits=78, environment=environment)[1]
    foreset("status", "--offline", "--set", "source.mysql.port=2", environment=environment)
    _, err = foreset("status", "--offline", "--set", "source.mysql.prot=2", exits=78)
    assert 'did you mean "source.mysql.port"?' in err


@pytest.mark.parametrize("addition, key", [
    ("gold: {history: intervals}", "gold.history"),
])
def test_what_is_not_built_yet_is_refused_by_name(foreset, addition, key):
    foreset.Write("foreset.yaml", GOOD + addition + "\n")
    _, err = foreset("run", "-c", "foreset.yaml", exits=78)
    assert "E1002" in err and key in err and "not in this version" in err or "is in this version" in err


def test_doctor_of_an_unreachable_server_is_69_and_shows_no_secret(foreset):
    foreset.Write("foreset.yaml", GOOD)
    out, _ = foreset("doctor", "-c", "foreset.yaml", exits=69)
    assert "✗ source" in out and "✓ lake.bronze" in out


def test_verbose_output_shows_no_secret(foreset):
    foreset.Write("foreset.yaml", GOOD)
    for arguments, exits in ((["doctor", "-v"], 69), (["doctor", "-o", "json"], 69), (["status", "-v"], 0),
                             (["run", "-v", "--until-current"], 69), (["verify", "-v"], 1)):
        foreset(*arguments, "-c", "foreset.yaml", exits=exits)
