# SPDX-License-Identifier: MIT
"""What a MySQL and a MariaDB server have in common for the tests.

A server lives in one directory (data, socket, log), listens on a free port of 127.0.0.1 and is known by the process
that was started, never by name. `root` may do everything and has a password of its own; `foreset` is the user that the
pipeline comes with: it has exactly the privileges that capturing needs.
"""

import ctypes
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

CACHE = pathlib.Path(
    os.environ.get("FORESET_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "foreset"
)
START_SECONDS = 60
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    """The server cannot be set up or does not come up; the message ends with its own words."""


def FreePort():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def DieWithParent():
    """In the child: a server whose tests are gone must not stay."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class SourceServer:
    """One private server. Not thread-safe. `options` are server options by name, underscores as in SHOW VARIABLES;
    None takes a default option away."""

    kind = ""
    foreset_privileges = ""

    def __init__(self, data=None, tls=False, keep=False, **options):
        self.keep = keep or data is not None
        self.directory = pathlib.Path(data or tempfile.mkdtemp(prefix=f"foreset-{self.kind}-"))
        self.options = options
        self.tls = tls
        self.port = 0
        self.process = None
        self.root_password = secrets.token_hex(8)
        self.user = "foreset"
        self.password = secrets.token_hex(8)

    # What each kind of server says for itself.

    def Program(self):
        """The command line of the server program, without options."""
        raise NotImplementedError

    def Initialise(self):
        """Makes the empty data directory."""
        raise NotImplementedError

    def DefaultOptions(self):
        raise NotImplementedError

    def BinlogCommand(self, file):
        """The server's own program that prints a binlog file."""
        raise NotImplementedError

    # Life.

    @property
    def data(self):
        return self.directory / "data"

    @property
    def log(self):
        return self.directory / "server.log"

    @property
    def socket(self):
        return self.directory / "server.sock"

    def start(self, detached=False):
        """Sets the server up at the first call; returns when it accepts connections. `detached` leaves it running
        after this process."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self.Initialise()
        if self.tls:
            self.MakeCertificates()
        for _ in range(3):
            if self.StartOnce(detached):
                return self
        raise ServerError(f"{self.kind} does not start:\n{self.LogTail()}")

    def StartOnce(self, detached):
        self.port = self.port or FreePort()
        init = self.directory / "init.sql"
        init.write_text(self.InitSql())
        init.chmod(0o600)
        command = [*self.Program(), f"--init-file={init}", *self.OptionArguments()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=detached,
                preexec_fn=None if detached else DieWithParent,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.port = 0  # somebody else may have taken it
                return False
            if self.AcceptsConnections():
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def AcceptsConnections(self):
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.socket))
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                return bool(probe.recv(1))
        except OSError:
            return False

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self):
        """As if the machine had lost its power."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self, **options):
        """Stops and starts again on the same port, with changed options."""
        self.stop()
        self.options.update(options)
        return self.start()

    def replace(self):
        """As if another server, that has all its data and binlog, had taken its place."""
        self.stop()
        self.TakeIdentity()
        return self.start()

    @property
    def authority(self):
        """The certificate authority of a server with TLS."""
        return self.directory / "tls" / "ca.pem"

    def discard(self):
        """Stops and removes everything."""
        self.stop()
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.discard()

    def LogTail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else "(no log)"

    def OptionArguments(self):
        options = {
            "datadir": self.data,
            "bind_address": "127.0.0.1",
            "port": self.port,
            "socket": self.socket,
            "pid_file": self.directory / "server.pid",
            "skip_name_resolve": "ON",
            "sync_binlog": 0,
            "innodb_flush_log_at_trx_commit": 2,
            "default_time_zone": "+00:00",
            "binlog_format": "ROW",
            "binlog_row_image": "FULL",
            "binlog_row_metadata": "FULL",
            **self.DefaultOptions(),
            **self.options,
        }
        if os.geteuid() == 0:
            options["user"] = "root"  # the directory is this user's
        if self.tls:
            for name, file in (("ca", "ca.pem"), ("cert", "server.pem"), ("key", "server.key")):
                options[f"ssl_{name}"] = self.directory / "tls" / file
        if options.get("log_bin") == "OFF":  # as a value it would be the log's name
            del options["log_bin"]
            options["skip_log_bin"] = "ON"
        # As `--name=value` for either kind; a dash in place of an underscore is the same to both.
        return [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if value is not None]

    def InitSql(self):
        """Run by the server itself before it accepts connections: one statement a line."""
        root, user = self.root_password, self.password
        return "".join(
            line + ";\n"
            for line in (
                "SET SESSION sql_log_bin = 0",
                f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{root}'",
                f"CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{root}'",
                f"ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{root}'",
                "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
                f"CREATE USER IF NOT EXISTS '{self.user}'@'%' IDENTIFIED BY '{user}'",
                f"ALTER USER '{self.user}'@'%' IDENTIFIED BY '{user}'",
                f"GRANT {self.foreset_privileges} ON *.* TO '{self.user}'@'%'",
            )
        )

    def MakeCertificates(self):
        from tests.servers.certificates import MakeCertificates

        MakeCertificates(self.directory / "tls")

    # SQL.

    def connect(self, user="root", password=None, **options):
        """A pymysql connection over TCP, by default as root, autocommit, several statements a query allowed."""
        import pymysql

        options.setdefault("autocommit", True)
        options.setdefault("charset", "utf8mb4")
        options.setdefault("client_flag", pymysql.constants.CLIENT.MULTI_STATEMENTS)
        if password is None:
            password = self.root_password if user == "root" else self.password
        return pymysql.connect(host="127.0.0.1", port=self.port, user=user, password=password, **options)

    def sql(self, text, database=None, **options):
        """Runs a script: statements with `;` between them, in one session."""
        if not text.strip():
            return
        connection = self.connect(database=database, **options)
        try:
            with connection.cursor() as cursor:
                cursor.execute(text)
                while cursor.nextset():
                    pass
        finally:
            connection.close()

    def query(self, text, database=None, **options):
        """The rows of one query, as tuples."""
        connection = self.connect(database=database, **options)
        try:
            with connection.cursor() as cursor:
                cursor.execute(text)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def binlog_files(self):
        return [row[0] for row in self.query("SHOW BINARY LOGS")]

    def print_binlog(self, file, *arguments):
        """The binlog file in the words of the server's own program."""
        path = self.data / file
        done = subprocess.run([*self.BinlogCommand(path), *arguments, str(path)], capture_output=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"cannot print {file}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")
