# SPDX-License-Identifier: MIT
"""What Kafka and Kafka Connect have in common: a Java program with a file of properties and a small heap."""

import fcntl
import hashlib
import os
import pathlib
import subprocess

from tests.servers.server_process import CACHE, ServerError, ServerProcess

LOGGING = """\
<Configuration status="WARN">
  <Appenders>
    <Console name="out"><PatternLayout pattern="%d %p %m (%c{1})%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
"""


class JvmServer(ServerProcess):
    """One Java server. `options` are its properties by name; None takes a default away. `system_properties` are the
    virtual machine's. Not thread-safe."""

    jars = ""  # the directory of the cache with its class path
    main = ""  # its main class
    heap = "512m"

    def __init__(self, data=None, keep=False, **options):
        super().__init__(data, keep)
        self.options = {name.replace("__", "."): value for name, value in options.items()}
        self.system_properties = {}

    def Properties(self):
        """The server's properties but for those that `options` changes."""
        raise NotImplementedError

    @property
    def properties(self):
        return self.directory / "server.properties"

    def Prepare(self):
        if not (CACHE / self.jars).is_dir():
            raise ServerError(f"there is no {CACHE / self.jars}: run `scripts/setup test`")
        (self.directory / "log4j2.xml").write_text(LOGGING)

    def CommandLine(self):
        lines = {**self.Properties(), **self.options}
        text = "".join(f"{name}={value}\n" for name, value in lines.items() if value is not None)
        self.properties.write_text(text)
        return [*self.Java(), f"-Xmx{self.heap}", f"-Dlog4j2.configurationFile={self.directory}/log4j2.xml",
                *(f"-D{name}={value}" for name, value in self.system_properties.items()), self.main, self.properties]

    def Java(self):
        # The quick compiler alone: these servers live for seconds.
        return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", CACHE / self.jars / "*"]

    def restart(self, **options):
        """Stops and starts again on the same ports, with changed properties (`__` stands for a dot)."""
        self.stop()
        self.options.update({name.replace("__", "."): value for name, value in options.items()})
        return self.start()
