# SPDX-License-Identifier: MIT
"""`python -m tests.servers mysql --data DIR` starts a server that stays after this process, and prints what a script
needs to use and to stop it."""

import argparse
import shlex
import sys

from tests.servers import KINDS, ConnectServer, KafkaServer, ServerError


def Source(kind):
    def Make(arguments, options):
        return KINDS[kind](data=arguments.data, **options)

    return Make


def Kafka(arguments, options):
    return KafkaServer(data=arguments.data, port=arguments.port, **options)


def Connect(arguments, options):
    if not arguments.bootstrap:
        raise ServerError("Connect wants --bootstrap 127.0.0.1:PORT, the Kafka that it works with")
    return ConnectServer(arguments.bootstrap, data=arguments.data, port=arguments.port, **options)


MAKERS = {"connect": Connect, "kafka": Kafka, **{kind: Source(kind) for kind in KINDS}}


def Facts(server):
    """What a script needs, by the names of shell variables."""
    facts = {"SERVER_PORT": server.port, "SERVER_PID": server.process.pid, "SERVER_LOG": server.log}
    if isinstance(server, KafkaServer):
        facts["BOOTSTRAP_SERVERS"] = server.bootstrap
    elif isinstance(server, ConnectServer):
        facts["CONNECT_URL"] = server.url
    else:
        facts.update(SERVER_SOCKET=server.socket, ROOT_PASSWORD=server.root_password, FORESET_USER=server.user,
                     FORESET_PASSWORD=server.password)
    return facts


def Main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(MAKERS))
    parser.add_argument("--data", required=True, help="directory of the server; made when it is not there")
    parser.add_argument("--port", type=int, default=0, help="of kafka and connect; a free one when not given")
    parser.add_argument("--bootstrap", help="of connect: the address of its Kafka")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a server option")
    arguments = parser.parse_args()
    options = dict(option.split("=", 1) for option in arguments.option)
    try:
        server = MAKERS[arguments.kind](arguments, options)
        server.start(detached=True)
    except ServerError as error:
        parser.exit(1, f"{error}\n")
    for name, value in Facts(server).items():  # lines for `eval` in a shell
        print(f"{name}={shlex.quote(str(value))}")
    return 0


if __name__ == "__main__":
    sys.exit(Main())
