# SPDX-License-Identifier: MIT
"""`python -m tests.servers mysql --data DIR` starts a server that stays after this process, and prints what a script
needs to use and to stop it."""

import argparse
import shlex
import sys

from tests.servers import KINDS, ServerError


def Main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--data", required=True, help="directory of the server; made when it is not there")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a server option")
    arguments = parser.parse_args()
    options = dict(option.split("=", 1) for option in arguments.option)
    server = KINDS[arguments.kind](data=arguments.data, **options)
    try:
        server.start(detached=True)
    except ServerError as error:
        parser.exit(1, f"{error}\n")
    # Lines for `eval` in a shell.
    for name, value in (
        ("SERVER_PORT", server.port),
        ("SERVER_PID", server.process.pid),
        ("SERVER_SOCKET", server.socket),
        ("SERVER_LOG", server.log),
        ("ROOT_PASSWORD", server.root_password),
        ("FORESET_USER", server.user),
        ("FORESET_PASSWORD", server.password),
    ):
        print(f"{name}={shlex.quote(str(value))}")
    return 0


if __name__ == "__main__":
    sys.exit(Main())
