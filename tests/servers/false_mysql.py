# SPDX-License-Identifier: MIT
"""A server that speaks MySQL's protocol and means no good: it offers no TLS, wants to see the password, or answers every
question with another number of columns and with values that fit nothing."""

import random
import socket
import struct
import threading

SALT = b"abcdefghijklmnopqrst"
OK = b"\x00\x00\x00\x02\x00\x00\x00"
END = b"\xfe\x00\x00\x02\x00"
REFUSED = b"\xff\x48\x04#HY000no"
ASKS_RSA_KEY, FULL_LOGIN = b"\x02", b"\x01\x04"
# 4.1 protocol, long password and flags, database, secure log-in, plug-ins, their data of any length, transactions; no TLS.
CAPABILITIES = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000 | 0x200000
VALUES = [
    None, b"", b"1", b"0", b"-1", b"ON", b"FULL", b"ROW", b"99999999999999999999", b"binlog.000001", b"a.b", b"`", b"int",
    b"enum('a", b"decimal(99,9999)", b"InnoDB", b"BASE TABLE", b"utf8mb4_0900_ai_ci", b"PRI", b"YES", b"\xff\xfe", b"x" * 300,
    b"20d1ebbe-e7b4-11f1-a38a-02fc00000001:1-5", b"GRANT ALL PRIVILEGES ON *.* TO `u`@`%`"]


def Packet(number, body):
    return struct.pack("<I", len(body))[:3] + bytes([number & 255]) + body


def Text(value):
    return b"\xfb" if value is None else (bytes([len(value)]) if len(value) < 251 else
                                          b"\xfc" + struct.pack("<H", len(value))) + value


class FalseMySql:
    """`login`: "plain" (lets everybody in), or how it asks for the password: "mysql_clear_password", "dialog",
    "caching_sha2_password". `received` is what clients sent as an answer to that, each as bytes. With `seed` it answers
    questions by chance; without, it refuses them. In a thread of its own while the `with` block lasts."""

    def __init__(self, login="plain", seed=None):
        self.login = login
        self.random = None if seed is None else random.Random(seed)
        self.received = []
        self.logins = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = []

    def __enter__(self):
        self.thread = threading.Thread(target=self.Accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()

    def Accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.Serve, args=(client,), daemon=True).start()

    def Serve(self, client):
        with client:
            try:
                self.Speak(Wire(client))
            except (OSError, EOFError):
                pass

    def Speak(self, wire):
        method = self.login if self.login == "caching_sha2_password" else "mysql_native_password"
        wire.Send(b"\x0a9.7.4\x00" + struct.pack("<I", 7) + SALT[:8] + b"\x00" + struct.pack("<H", CAPABILITIES & 0xFFFF)
                  + b"\x2d\x02\x00" + struct.pack("<H", CAPABILITIES >> 16) + bytes([21]) + bytes(10) + SALT[8:] + b"\x00"
                  + method.encode() + b"\x00")
        wire.Receive()
        self.logins += 1
        if self.login != "plain":
            self.AskForPassword(wire)
        wire.Send(OK)
        while True:
            wire.number = -1
            self.Answer(wire, wire.Receive()[1:].lower())

    def AskForPassword(self, wire):
        if self.login == "caching_sha2_password":
            wire.Send(FULL_LOGIN)
            answer = wire.Receive()
            if answer == ASKS_RSA_KEY:
                raise EOFError  # it would have been encrypted
        else:
            wire.Send(b"\xfe" + self.login.encode() + b"\x00" + (b"\x05Password:" if self.login == "dialog" else b""))
            answer = wire.Receive()
        self.received.append(answer)

    def Answer(self, wire, question):
        if self.random is None:
            wire.Send(REFUSED)
            return
        if question.split(b" ")[0] in (b"set", b"flush", b"unlock", b"lock", b"start", b"rollback", b"do"):
            wire.Send(OK)
            return
        columns, rows = self.random.choice((1, 1, 2, 3, 5, 9, 20)), self.random.choice((0, 1, 1, 2, 5))
        values = VALUES
        if b"version()" in question:
            columns, rows, values = 1, 1, [b"9.7.0", b"8.4.0", b"10.11.6-MariaDB"]
        wire.Send(bytes([columns]))
        for number in range(columns):
            name = Text(b"def") + Text(b"") * 3 + Text(b"c%d" % number) + Text(b"")
            wire.Send(name + b"\x0c" + struct.pack("<HIBHB", 45, 255, 253, 0, 0) + b"\x00\x00")
        wire.Send(END)
        for _ in range(rows):
            wire.Send(b"".join(Text(self.random.choice(values)) for _ in range(columns)))
        wire.Send(END)


class Wire:
    """Packets, numbered as the protocol wants it."""

    def __init__(self, client):
        self.client = client
        self.number = -1

    def Send(self, body):
        self.number += 1
        self.client.sendall(Packet(self.number, body))

    def Receive(self):
        head = self.Read(4)
        self.number = head[3]
        return self.Read(head[0] | head[1] << 8 | head[2] << 16)

    def Read(self, size):
        data = b""
        while len(data) < size:
            part = self.client.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data
