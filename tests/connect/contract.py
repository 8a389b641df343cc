# SPDX-License-Identifier: MIT
"""The requests that Kafka Connect and Foreset are both asked, one after the other, and what their answers come to."""

import dataclasses
import time

from tests.connect.rest import Ask
from tests.harness.waiting import WaitFor

MYSQL = "io.debezium.connector.mysql.MySqlConnector"
NAME = "mysql-connector"
AT = f"/connectors/{NAME}"
PLUGIN = f"/connector-plugins/{MYSQL}"
SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Step:
    """One request. `until`: what /status must say of connector and tasks before it is sent."""

    name: str
    method: str
    path: str
    body: object = None
    until: tuple = None
    headers: dict = None


def States(url):
    """What /status says: the connector's state and those of its tasks; nothing for an unknown connector."""
    answer = Ask(url, "GET", f"{AT}/status")
    if answer.status != 200:
        return None
    status = answer.json
    return (status["connector"]["state"], *(task["state"] for task in status["tasks"]))


def Are(states, wanted):
    """An ellipsis at the end of what is wanted stands for any tasks."""
    if wanted[-1] is ...:
        return states is not None and states[0] == wanted[0]
    return states == wanted


def WaitForStates(url, states):
    WaitFor(lambda: Are(States(url), states), f"{url} becomes {states}", seconds=SECONDS, pause=0.05)


def Walk(url, steps, answers):
    """Fills in step name -> answer."""
    for step in steps:
        if step.until is not None:
            WaitForStates(url, step.until)
        # Connect refuses what comes while its workers agree who does what.
        for _ in range(100):
            answers[step.name] = Ask(url, step.method, step.path, step.body, step.headers)
            if answers[step.name].status != 409 or "rebalance" not in answers[step.name].text:
                break
            time.sleep(0.1)


def Steps(config):
    """A connector's life: `config` captures from a server that is there."""
    running, paused, stopped = ("RUNNING", "RUNNING"), ("PAUSED", "PAUSED"), ("STOPPED",)
    wrong = {**config, "database.password": "wrong"}
    without = {key: value for key, value in config.items() if key != "topic.prefix"}
    return [
        Step("root", "GET", "/"),
        Step("health", "GET", "/health"),
        Step("no connectors", "GET", "/connectors"),
        Step("no connectors, expanded", "GET", "/connectors?expand=info&expand=status"),
        Step("plugins", "GET", "/connector-plugins"),
        Step("plugin options", "GET", f"{PLUGIN}/config"),
        Step("options of an unknown plugin", "GET", "/connector-plugins/nothing/config"),
        Step("validate", "PUT", f"{PLUGIN}/config/validate", {**config, "name": NAME}),
        Step("validate by its short name", "PUT", "/connector-plugins/MySqlConnector/config/validate", {**config, "name": NAME}),
        Step("validate without a prefix", "PUT", f"{PLUGIN}/config/validate", {**without, "name": NAME}),
        Step("validate a wrong number", "PUT", f"{PLUGIN}/config/validate", {**config, "name": NAME, "database.port": "x"}),
        Step("validate a wrong password", "PUT", f"{PLUGIN}/config/validate", {**wrong, "name": NAME}),
        Step("validate another class", "PUT", f"{PLUGIN}/config/validate", {**config, "connector.class": "Other"}),
        Step("validate an unknown plugin", "PUT", "/connector-plugins/nothing/config/validate", {"connector.class": "nothing"}),
        *[Step(f"{what} of an unknown connector", method, f"/connectors/nobody{path}", body)
          for what, method, path, body in [
              ("get", "GET", "", None), ("delete", "DELETE", "", None), ("config", "GET", "/config", None),
              ("status", "GET", "/status", None), ("tasks", "GET", "/tasks", None),
              ("tasks-config", "GET", "/tasks-config", None), ("task status", "GET", "/tasks/0/status", None),
              ("task restart", "POST", "/tasks/0/restart", None), ("restart", "POST", "/restart", None),
              ("restart with tasks", "POST", "/restart?includeTasks=true", None), ("pause", "PUT", "/pause", None),
              ("resume", "PUT", "/resume", None), ("stop", "PUT", "/stop", None), ("topics", "GET", "/topics", None),
              ("topics reset", "PUT", "/topics/reset", None), ("offsets", "GET", "/offsets", None),
              ("altered offsets", "PATCH", "/offsets", {"offsets": [{"partition": {"server": "x"}, "offset": None}]}),
              ("reset offsets", "DELETE", "/offsets", None), ("patch", "PATCH", "/config", {"tasks.max": "1"})]],
        Step("create from text", "POST", "/connectors", b"hello", headers={"Content-Type": "text/plain"}),
        Step("create from broken JSON", "POST", "/connectors", b'{"name": '),
        Step("create without a class", "POST", "/connectors", {"name": NAME, "config": {"tasks.max": "1"}}),
        Step("create of an unknown class", "POST", "/connectors", {"name": NAME, "config": {"connector.class": "nothing"}}),
        Step("create without a prefix", "POST", "/connectors", {"name": NAME, "config": without}),
        Step("create with a wrong password", "POST", "/connectors", {"name": NAME, "config": wrong}),
        Step("create under two names", "POST", "/connectors", {"name": NAME, "config": {**config, "name": "other"}}),
        Step("create with an unknown state", "POST", "/connectors", {"name": NAME, "config": config, "initial_state": "ASLEEP"}),
        Step("create", "POST", "/connectors", {"name": NAME, "config": config}),
        Step("create again", "POST", "/connectors", {"name": NAME, "config": config}),
        Step("get", "GET", AT, until=running),
        Step("list", "GET", "/connectors"),
        Step("list, expanded", "GET", "/connectors?expand=info&expand=status"),
        Step("list, status", "GET", "/connectors?expand=status"),
        Step("config", "GET", f"{AT}/config"),
        Step("status", "GET", f"{AT}/status"),
        Step("tasks", "GET", f"{AT}/tasks"),
        Step("tasks-config", "GET", f"{AT}/tasks-config"),
        Step("task status", "GET", f"{AT}/tasks/0/status"),
        Step("status of another task", "GET", f"{AT}/tasks/7/status"),
        Step("restart of another task", "POST", f"{AT}/tasks/7/restart"),
        Step("topics", "GET", f"{AT}/topics"),
        Step("altered offsets while running", "PATCH", f"{AT}/offsets",
             {"offsets": [{"partition": {"server": config["topic.prefix"]}, "offset": None}]}),
        Step("reset offsets while running", "DELETE", f"{AT}/offsets"),
        Step("patch", "PATCH", f"{AT}/config", {"poll.interval.ms": "200", "max.batch.size": None}),
        Step("put", "PUT", f"{AT}/config", config, until=running),
        Step("put under two names", "PUT", f"{AT}/config", {**config, "name": "other"}),
        Step("put without a prefix", "PUT", f"{AT}/config", without),
        Step("put nothing", "PUT", f"{AT}/config", b""),
        Step("restart", "POST", f"{AT}/restart", until=running),
        Step("restart with tasks", "POST", f"{AT}/restart?includeTasks=true&onlyFailed=false", until=running),
        Step("restart what failed", "POST", f"{AT}/restart?includeTasks=true&onlyFailed=true", until=running),
        Step("task restart", "POST", f"{AT}/tasks/0/restart", until=running),
        Step("pause", "PUT", f"{AT}/pause", until=running),
        Step("paused status", "GET", f"{AT}/status", until=paused),
        Step("altered offsets while paused", "PATCH", f"{AT}/offsets",
             {"offsets": [{"partition": {"server": config["topic.prefix"]}, "offset": None}]}),
        Step("resume", "PUT", f"{AT}/resume"),
        Step("stop", "PUT", f"{AT}/stop", until=running),
        Step("stopped status", "GET", f"{AT}/status", until=stopped),
        Step("stopped tasks", "GET", f"{AT}/tasks"),
        Step("stopped connector", "GET", AT),
        Step("offsets", "GET", f"{AT}/offsets"),
        Step("altered offsets, empty", "PATCH", f"{AT}/offsets", {"offsets": []}),
        Step("altered offsets, nothing", "PATCH", f"{AT}/offsets", {}),
        Step("reset offsets", "DELETE", f"{AT}/offsets"),
        Step("offsets after the reset", "GET", f"{AT}/offsets"),
        Step("topics reset", "PUT", f"{AT}/topics/reset"),
        Step("loggers", "GET", "/admin/loggers"),
        Step("logger", "GET", "/admin/loggers/root"),
        Step("level", "PUT", "/admin/loggers/root", {"level": "WARN"}),
        Step("changed logger", "GET", "/admin/loggers/root"),
        Step("level of the cluster", "PUT", "/admin/loggers/root?scope=cluster", {"level": "INFO"}),
        Step("unknown level", "PUT", "/admin/loggers/root", {"level": "LOUD"}),
        Step("no level", "PUT", "/admin/loggers/root", {"volume": "high"}),
        Step("unknown logger", "GET", "/admin/loggers/no.such.logger"),
        Step("unknown path", "GET", "/nothing"),
        Step("wrong method", "DELETE", "/connectors"),
        Step("delete", "DELETE", AT),
        Step("delete again", "DELETE", AT),
        Step("create paused", "POST", "/connectors", {"name": NAME, "config": config, "initial_state": "PAUSED"}),
        Step("paused from the start", "GET", f"{AT}/status", until=("PAUSED", ...)),
        Step("delete the paused one", "DELETE", AT),
    ]
