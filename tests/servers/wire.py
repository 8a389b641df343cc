# SPDX-License-Identifier: MIT
"""Where a request and its reply begin and end, in HTTP/1.1 and in Kafka's protocol: all that a proxy needs to lose one."""

import asyncio
import dataclasses
import struct

# https://kafka.apache.org/protocol: the requests that tests speak of.
KAFKA_REQUESTS = {0: "Produce", 1: "Fetch", 2: "ListOffsets", 3: "Metadata", 8: "OffsetCommit", 9: "OffsetFetch",
                  10: "FindCoordinator", 18: "ApiVersions", 22: "InitProducerId", 24: "AddPartitionsToTxn",
                  25: "AddOffsetsToTxn", 26: "EndTxn", 28: "TxnOffsetCommit"}


@dataclasses.dataclass(frozen=True)
class Request:
    """One request: its verb (`PUT`, `Produce`), what it is about (HTTP: path and query), all its bytes."""

    verb: str
    target: str
    data: bytes

    def Names(self, other):
        """Whether the other one asks for the same: what a retry does, with another date or number in its head."""
        return (self.verb, self.target) == (other.verb, other.target)


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int  # HTTP's; 0 where the protocol has none outside the body
    data: bytes


class HttpWire:
    """HTTP/1.1 with lengths or chunks, kept-alive."""

    async def ReadRequest(self, reader, writer):
        """None at the end of the connection. Answers `Expect: 100-continue` itself."""
        head = await ReadHead(reader)
        if head is None:
            return None
        start, headers = ParseHead(head)
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
            head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"expect:"))
        verb, target, _ = start.split(" ", 2)
        return Request(verb, target, head + await ReadBody(reader, headers, otherwise=b""))

    async def ReadReply(self, reader, request):
        while True:
            head = await ReadHead(reader)
            if head is None:
                raise ConnectionError("the server closed the connection")
            start, headers = ParseHead(head)
            status = int(start.split(" ")[1])
            if status != 100:
                break
        if request.verb == "HEAD" or status in (204, 304):
            return Reply(status, head)
        return Reply(status, head + await ReadBody(reader, headers, otherwise=None))

    def Answer(self, status, headers):
        lines = [f"HTTP/1.1 {status} Injected", "Content-Length: 0"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return Reply(status, ("\r\n".join(lines) + "\r\n\r\n").encode())


async def ReadHead(reader):
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None


def ParseHead(head):
    start, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return start, {name.strip().lower(): value.strip() for name, value in pairs}


async def ReadBody(reader, headers, otherwise):
    """The bytes after the head. `otherwise` is the body where no length is said; None reads to the end."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        data = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            length = int(line.split(b";")[0], 16)
            data += line + await reader.readexactly(length + 2)
            if length == 0:
                return data
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read() if otherwise is None else otherwise


class KafkaWire:
    """Kafka's frames: a length, then the request's key, version and correlation id. The broker answers a connection's
    requests one by one, in order."""

    async def ReadRequest(self, reader, _):
        data = await ReadFrame(reader)
        if data is None:
            return None
        key, version, _ = struct.unpack_from(">hhi", data, 4)
        return Request(KAFKA_REQUESTS.get(key, str(key)), str(version), data)

    async def ReadReply(self, reader, _):
        data = await ReadFrame(reader)
        if data is None:
            raise ConnectionError("the broker closed the connection")
        return Reply(0, data)


async def ReadFrame(reader):
    try:
        head = await reader.readexactly(4)
    except asyncio.IncompleteReadError:
        return None
    return head + await reader.readexactly(struct.unpack(">i", head)[0])
