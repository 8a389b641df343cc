# SPDX-License-Identifier: MIT
"""Kafka Connect with Debezium and Foreset are asked the same, and answer the same but for what is listed here and in
docs/operating/connect.md."""

import json

import pytest

from tests.connect.contract import MYSQL, NAME, Steps, Walk
from tests.connect.rest import Ask
from tests.connect.server import ConnectorFor

# Step -> (Kafka Connect's status, Foreset's): Connect answers some mistakes of its caller with 500.
STATUS_DIFFERS = {
    "validate an unknown plugin": (500, 404),
    "create from broken JSON": (500, 400),
    "create without a prefix": (500, 400),
    "create with a wrong password": (500, 400),
    "create with an unknown state": (500, 400),
    "put without a prefix": (500, 400),
    "put nothing": (500, 400),
    "tasks-config": (404, 200),  # gone since Kafka 4; kept for older clients
}
# Steps whose bodies differ: more loggers there, positions without a time here.
BODY_DIFFERS = {"tasks-config", "loggers", "offsets", "offsets after the reset", "paused from the start"}
# Options of the steps that have no effect here: they are not kept.
NO_EFFECT = {"tasks.max", "poll.interval.ms", "schema.history.internal.kafka.bootstrap.servers",
             "schema.history.internal.kafka.topic"}


def Keys(value):
    """The keys of a body, those of a list's elements together. What Foreset says beyond Connect is left out."""
    if isinstance(value, dict):
        return {key: Keys(item) for key, item in value.items() if key != "warnings" and key not in NO_EFFECT}
    if isinstance(value, list):
        together = {}
        for item in value:
            if isinstance(item, dict):
                # Connect has options without a value object.
                together.update({key: keys for key, keys in Keys(item).items() if keys != "value" or key not in together})
        return together or "list"
    return "value"


def Same(theirs, ours):
    """Tasks come and go while a connector starts, and have no version for so long: an empty list is like any other."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(Same(theirs[key], ours[key]) for key in theirs)
    return theirs == ours or (isinstance(theirs, (str, dict)) and "list" in (theirs, ours))


@pytest.fixture(scope="module")
def answers(connect, mysql, tmp_path_factory):
    """What both say to every step."""
    from tests.connect.server import ForesetConnect

    mysql.sql("CREATE DATABASE contract; CREATE TABLE contract.Items (Id INT PRIMARY KEY, Name VARCHAR(20));"
              "INSERT INTO contract.Items VALUES (1, 'one');")
    config = ConnectorFor(mysql, "contract", schema__history__internal__kafka__bootstrap__servers=connect.bootstrap)
    theirs, ours = {}, {}
    Walk(connect.url, Steps(config), theirs)
    foreset = ForesetConnect(tmp_path_factory.mktemp("contract")).Start()
    try:
        Walk(foreset.url, Steps(config), ours)
        yield theirs, ours
    finally:
        foreset.Discard()
        mysql.sql("DROP DATABASE contract;")


def test_the_same_requests_have_the_same_status(answers):
    theirs, ours = answers
    differing = {step: (theirs[step].status, ours[step].status) for step in theirs
                 if theirs[step].status != ours[step].status}
    assert differing == STATUS_DIFFERS, {step: (theirs[step], ours[step]) for step in differing}


def test_bodies_have_the_same_keys(answers):
    theirs, ours = answers
    differing = {}
    for step in theirs:
        if step in STATUS_DIFFERS or step in BODY_DIFFERS:
            continue
        a, b = Keys(theirs[step].json), Keys(ours[step].json)
        if not Same(a, b):
            differing[step] = (a, b)
    assert not differing, json.dumps(differing, indent=1)


def test_refusals_have_connects_form(answers):
    _, ours = answers
    for step, answer in ours.items():
        if answer.status >= 400:
            assert set(answer.json) == {"error_code", "message"} and answer.json["error_code"] == answer.status, step


def test_where_a_new_connector_is_is_said(answers):
    for said in answers:
        assert said["create"].headers["Location"].endswith(f"/connectors/{NAME}")


def test_a_password_is_masked_here_and_verbatim_there(answers, mysql):
    theirs, ours = answers
    assert any(mysql.password in answer.text for answer in theirs.values())
    assert not any(mysql.password in answer.text for answer in ours.values())
    assert ours["config"].json["database.password"] == "****"


def test_every_option_of_debezium_is_known(answers, foreset, mysql, shop):
    theirs, _ = answers
    names = {option["name"] for option in theirs["plugin options"].json}
    names |= {option["definition"]["name"] for option in theirs["validate"].json["configs"]}
    config = {**dict.fromkeys(names, ""), **ConnectorFor(mysql, shop), "name": NAME}
    said = Ask(foreset.url, "PUT", f"/connector-plugins/{MYSQL}/config/validate", config).json
    unknown = [option["value"]["name"] for option in said["configs"]
               if any("neither Debezium" in error for error in option["value"]["errors"])]
    assert not unknown
    assert len(names) > 140
