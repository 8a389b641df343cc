# SPDX-License-Identifier: MIT
"""What a MySQL and a MariaDB server have in common for the tests.

A server lives in one directory (data, socket, log), listens on a free port of 127.0.0.1 and is known by the process
that was started, never by name. `root` may do everything and has a password of its own; `foreset` is the user that the
pipeline comes with: it has exactly the privileges that capturing needs.
"""

import os
import secrets
import socket
import subprocess

from tests.servers.server_process import FreePort, ServerError, ServerProcess


class SourceServer(ServerProcess):
    """One private server. Not thread-safe. `options` are server options by name, underscores as in SHOW VARIABLES;
    None takes a default option away."""

    foreset_privileges = ""

    def __init__(self, data=None, tls=False, keep=False, **options):
        super().__init__(data, keep)
        self.options = options
        self.tls = tls
        self.port = 0
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
    def socket(self):
        return self.directory / "server.sock"

    def Prepare(self):
        if not self.data.exists():
            self.Initialise()
        if self.tls:
            self.MakeCertificates()
        (self.directory / "tmp").mkdir(exist_ok=True)
        init = self.directory / "init.sql"
        init.write_text(self.InitSql())
        init.chmod(0o600)

    def ChoosePorts(self):
        self.port = self.port or FreePort()

    def ForgetPorts(self):
        self.port = 0

    def CommandLine(self):
        return [*self.Program(), f"--init-file={self.directory / 'init.sql'}", *self.OptionArguments()]

    def AcceptsConnections(self):
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.socket))
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                return bool(probe.recv(1))
        except OSError:
            return False

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

    def OptionArguments(self):
        options = {
            "datadir": self.data,
            "bind_address": "127.0.0.1",
            "port": self.port,
            "socket": self.socket,
            "pid_file": self.directory / "server.pid",
            # Not everybody's: a MariaDB that starts removes the temporary tables of all others there, which then crash.
            "tmpdir": self.directory / "tmp",
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
