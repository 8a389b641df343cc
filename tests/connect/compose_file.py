# SPDX-License-Identifier: MIT
"""deploy/compose.yaml as its services would see it, and as settings of the servers that the tests start."""

import re

import yaml

from tests.harness.program import ROOT

FILE = ROOT / "deploy" / "compose.yaml"


def Load():
    return yaml.safe_load(FILE.read_text())


def Command(service, **variables):
    """A service's command as Compose passes it on: ${NAME:-default} is the variable's value, $$ is one $."""
    def Value(found):
        return variables.get(found[1], found[2])

    return [re.sub(r"(?<!\$)\$\{(\w+):-([^}]*)\}", Value, word).replace("$$", "$") for word in service["command"]]


def MySqlOptions(service):
    """--binlog-format=ROW as the keyword arguments of the tests' MySQL server."""
    options = {}
    for argument in Command(service):
        name, _, value = argument.removeprefix("--").partition("=")
        options[name.replace("-", "_")] = value
    return options


def KafkaProperties(service):
    """KAFKA_LOG_DIRS as log.dirs, as Kafka's image does it."""
    return {name.removeprefix("KAFKA_").lower().replace("_", "."): value
            for name, value in service["environment"].items() if name.startswith("KAFKA_")}


def ConnectProperties(service):
    """BOOTSTRAP_SERVERS and CONNECT_KEY_CONVERTER as properties, as Debezium's image does it."""
    return {name.removeprefix("CONNECT_").lower().replace("_", "."): value
            for name, value in service["environment"].items()}


def Variables(text):
    """The ${NAME}s of a text."""
    return set(re.findall(r"\$\{(\w+)\}", text))
