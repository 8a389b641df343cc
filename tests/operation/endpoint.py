# SPDX-License-Identifier: MIT
"""What a server of Foreset serves, as the tests ask for it."""

import importlib.util
import re
import subprocess

from prometheus_client.parser import text_string_to_metric_families

from tests.connect.rest import Ask
from tests.harness.program import ROOT
from tests.harness.waiting import WaitFor
from tests.servers.server_process import DieWithParent

LISTENS = re.compile(r"listening on (\w+)://\S+, port (\d+)")


def Catalogue():
    """name -> the metric's row in the program's catalogue."""
    spec = importlib.util.spec_from_file_location("metric_reference", ROOT / "tools" / "metric_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {metric.name: metric for metric in module.Metrics()}


class Endpoint:
    """The address that a process says it listens on, in its log."""

    def __init__(self, log):
        self.log = log
        found = WaitFor(lambda: LISTENS.findall(log.read_text(errors="replace")), "the server listens")
        scheme, port = found[-1]
        self.port = int(port)
        self.url = f"{scheme}://127.0.0.1:{port}"

    def Get(self, path):
        return Ask(self.url, "GET", path)

    def Ready(self):
        answer = self.Get("/readyz")
        assert answer.status == (200 if answer.json["ready"] else 503), answer
        return answer.json["ready"]

    def Reasons(self):
        """(component, code) of everything that /readyz says."""
        return {(reason["component"], reason["code"]) for reason in self.Get("/readyz").json["reasons"]}

    def MetricsText(self):
        answer = self.Get("/metrics")
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer
        return answer.text

    def Metrics(self):
        """(name, {label: value}) -> value."""
        return Samples(self.MetricsText())

    def Value(self, name, **labels):
        """The one sample with these labels; None when there is none."""
        found = [value for (sample, other), value in self.Metrics().items()
                 if sample == name and labels.items() <= dict(other).items()]
        assert len(found) <= 1, found
        return found[0] if found else None


def Samples(text):
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def CheckByCatalogue(text, served_by):
    """Every sample is of a metric that the catalogue says is served here, with its labels; promtool has nothing to say."""
    catalogue = Catalogue()
    names = set()
    for (name, labels), _ in Samples(text).items():
        metric = catalogue[name]
        assert served_by in metric.served_by, name
        assert {label for label, _ in labels} == set(metric.labels), name
        names.add(name)
    for name in names:
        assert f"# TYPE {name} {catalogue[name].kind}\n" in text
        assert f"# HELP {name} {catalogue[name].text}\n" in text
    judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (judged.returncode, judged.stderr) == (0, ""), judged
    return names


class Serving:
    """`foreset serve` as a process beside the test."""

    def __init__(self, foreset, *arguments):
        from tests.harness.program import BINARY

        log = foreset.directory / "serve.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [str(BINARY), "serve", "-c", str(foreset.config), "--listen", "127.0.0.1:0", *map(str, arguments)],
                cwd=foreset.directory, env=foreset.Environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=DieWithParent)
        self.endpoint = Endpoint(log)

    def __enter__(self):
        return self.endpoint

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(60) == 0
