# SPDX-License-Identifier: MIT
"""Whatever stands where an option wants a file, the program says what is wrong with it: a code, the file, exit code below
128. Never an exception, a signal or a wait without an end."""

import concurrent.futures
import os
import re
import subprocess
import threading

from tests.cli.conftest import Program
from tests.harness.program import BINARY

CONFIGURATION = """\
name: shop
source: {mysql: {port: 1, user: reader, password: secret, tables: ["shop.*"]}}
lake: {bronze: lake/bronze, silver: lake/silver, gold: lake/gold}
"""
TLS = CONFIGURATION.replace('"]}}', '"], tls: {mode: verify_ca, %s: "FILE"}}}')
KAFKA = CONFIGURATION.replace(
    "mysql: {port: 1, user: reader, password: secret, tables",
    'kafka: {bootstrap_servers: "127.0.0.1:1", security: {security.protocol: ssl, %s: "FILE"}, topics')
AZURE = CONFIGURATION.replace("lake/", "abfss://b@account.dfs.core.windows.net/") + """\
azure: {endpoint: "https://127.0.0.1:1", ca: "FILE", fs.azure.account.key.account.dfs.core.windows.net: "a2V5"}
"""


def Folder(path):
    path.mkdir()


def Pipe(path):
    os.mkfifo(path)


def Empty(path):
    path.write_bytes(b"")


def Noise(path):
    path.write_bytes(bytes(range(256)))


def LinkTo(target):
    return lambda path: path.symlink_to(target)


# /proc/self/mem opens and then refuses to be read, for root too.
THINGS = {
    "nothing": lambda path: None, "folder": Folder, "pipe without a writer": Pipe, "empty": Empty, "noise": Noise,
    "no end": LinkTo("/dev/zero"), "unreadable": LinkTo("/proc/self/mem"), "link to itself": LinkTo("THING"),
    "device": LinkTo("/dev/null"),
}

# What is typed, and the configuration beside it; FILE is the file that is asked for.
OPTIONS = {
    "-c": (["status", "--offline", "-c", "FILE"], None),
    "FORESET_CONFIG": (["status", "--offline"], None),
    "${file:}": (["status", "--offline"], CONFIGURATION.replace("port: 1", 'port: "${file:FILE}"')),
    "tls.ca": (["doctor"], TLS % "ca"),
    "tls.cert": (["doctor"], TLS % "cert"),
    "tls.key": (["doctor"], TLS % "key"),
    "kafka's ca": (["doctor"], KAFKA % "ssl.ca.location"),
    "kafka's certificate": (["doctor"], KAFKA % "ssl.certificate.location"),
    "kafka's key": (["doctor"], KAFKA % "ssl.key.location"),
    "azure.ca": (["table", "ls", "-c", "foreset.yaml"], AZURE),
    "--from-debezium": (["init", "-y", "--file", "new.yaml", "--from-debezium", "FILE"], None),
    "--token-file": (["serve", "--listen", "127.0.0.1:0", "--token-file", "FILE"], CONFIGURATION),
    "--tls-cert": (["serve", "--listen", "127.0.0.1:0", "--tls-cert", "FILE", "--tls-key", "FILE"], CONFIGURATION),
    "status --token-file": (["status", "--url", "http://127.0.0.1:1", "--token-file", "FILE"], None),
    "status --ca": (["status", "--url", "https://127.0.0.1:1", "--ca", "FILE"], None),
    "--models": (["warehouse", "load", "--models", "FILE"], CONFIGURATION),
    "a model": (["warehouse", "load", "--models", "models"], CONFIGURATION),
    "--to": (["warehouse", "load", "--models", "good", "--to", "mysql://u@127.0.0.1:1/d?tls=verify_ca&ca=FILE"],
             CONFIGURATION),
    "csv": (["csv-to-delta", "FILE", "out"], None),
    "migrate": (["migrate", "FILE", "--to", "out"], None),
}


# Rows may come by a pipe, whenever its writer begins; librdkafka takes a folder of authorities, too.
ALLOWED = {("csv", "pipe without a writer"), ("kafka's ca", "folder")}


def Run(directory, option, thing):
    """Nothing when it is told well, else what it did."""
    directory.mkdir()
    (directory / "models").mkdir()
    (directory / "good").mkdir()
    (directory / "good" / "m.sql").write_text("-- @key a\nSELECT 1 AS a")
    path = directory / ("models/m.sql" if option == "a model" else "THING")
    arguments, configuration = OPTIONS[option]
    THINGS[thing](path)
    foreset = Program(directory)
    if configuration:
        foreset.Write("foreset.yaml", configuration.replace("FILE", str(path)))
    environment = {"FORESET_CONFIG": str(path)} if option == "FORESET_CONFIG" else {}
    try:
        done = subprocess.run(
            [str(BINARY), *(word.replace("FILE", str(path)) for word in arguments)], cwd=directory,
            env={**foreset.environment, **environment}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
            check=False)
    except subprocess.TimeoutExpired:
        return f"{option}, {thing}: no end"
    said = (done.stdout + done.stderr).decode(errors="replace")
    named = "THING" in said or "m.sql" in said or "models" in said
    if 0 < done.returncode < 128 and re.search(r"\bE\d{4}\b", said) and "E9001" not in said and named:
        return None
    return f"{option}, {thing}: exit {done.returncode}: {said}"


def test_what_is_no_such_file_is_told_whatever_option_wants_it(tmp_path):
    cases = [(option, thing) for option in OPTIONS for thing in THINGS if (option, thing) not in ALLOWED]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        ran = pool.map(lambda case: Run(tmp_path / str(case[0]), *case[1]), enumerate(cases))
    assert [wrong for wrong in ran if wrong] == []


def test_a_pipe_that_somebody_writes_to_is_a_file(foreset):
    pipe = foreset.directory / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(CONFIGURATION,))
    writer.start()
    assert "nothing is captured yet" in foreset("status", "--offline", "-c", "pipe", "-o", "json")[0]
    writer.join()
