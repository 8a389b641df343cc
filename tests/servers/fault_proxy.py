# SPDX-License-Identifier: MIT
"""A proxy before a server that loses, delays, cuts and slices what passes, by rules, and counts what it did.

`FaultProxy(port, HttpWire())` and `FaultProxy(port, KafkaWire())` know requests: rules name the ones that go wrong.
`FaultProxy(port)` passes bytes of any protocol: rules name connections and places in their streams.
"""

import asyncio
import dataclasses
import re
import socket
import struct
import threading

CHUNK = 65536
LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: closing sends a reset


@dataclasses.dataclass
class Rule:
    """The requests with this verb, whose target has the pattern, meet the fault: after `skip` of them, `times` times
    (None: for ever). `met` counts. Used by the proxy's thread; others read `met`."""

    fault: object
    verb: str = ""
    target: str = ""
    skip: int = 0
    times: int | None = 1
    met: int = 0

    def Takes(self, request):
        if self.verb not in ("", request.verb) or not re.search(self.target, request.target):
            return False
        if self.times is not None and self.met >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.met += 1
        return True


@dataclasses.dataclass
class StreamRule:
    """A connection that, when the server has sent so many bytes over it, is reset, or (`silent`) stays open and silent;
    for `times` connections, after `skip` of them. `slice` is the size of a write, `rate` the bytes per second."""

    after: int | None = None
    silent: bool = False
    slice: int = 0
    rate: float = 0
    skip: int = 0
    times: int | None = 1
    connections: int = 0  # that took it
    met: int = 0  # that were reset or fell silent

    def Takes(self):
        if self.times is not None and self.connections >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.connections += 1
        return True


class FaultProxy:
    """Listens on a free port of 127.0.0.1 in a thread of its own. `upstream` is the server's port; it may be set after
    the start, for a server that has to know the proxy's address first."""

    def __init__(self, upstream=0, wire=None):
        self.upstream = upstream
        self.wire = wire
        self.rules = []
        self.requests = []  # (request, reply's status or None when it was never asked or never answered)
        self.kept = []
        self.writers = set()
        self.refusing = False
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.port = 0

    # Used by tests, from their thread.

    def start(self):
        self.thread.start()
        self.server = self.Await(asyncio.start_server(self.Serve, "127.0.0.1", 0, limit=2**26))
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def stop(self):
        self.Await(self.Close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def add(self, rule):
        self.rules.append(rule)
        return rule

    def clear(self):
        """From now on all passes. Requests that are late will never come."""
        self.rules, self.kept = [], []

    def reset_all(self):
        """Every open connection ends with a reset."""
        self.Await(self.ResetAll())

    def refuse(self, refusing=True):
        """As if nobody listened: open connections are reset, new ones at once."""
        self.refusing = refusing
        if refusing:
            self.reset_all()

    def count(self, verb="", target="", status=None):
        """The requests so far with this verb, this pattern in the target and this answer."""
        return sum(
            1 for request, answered in list(self.requests)
            if verb in ("", request.verb) and re.search(target, request.target) and status in (None, answered))

    # In the proxy's thread.

    def Await(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def Close(self):
        self.server.close()
        await self.ResetAll()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def ResetAll(self):
        for writer in list(self.writers):
            Reset(writer)

    async def Serve(self, reader, writer):
        self.writers.add(writer)
        try:
            if self.refusing:
                Reset(writer)
            elif self.wire is None:
                await self.ServeStream(reader, writer)
            else:
                await self.ServeRequests(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            Reset(writer)
        finally:
            self.writers.discard(writer)
            writer.close()

    async def Connect(self):
        return await asyncio.open_connection("127.0.0.1", self.upstream, limit=2**26)

    async def ServeRequests(self, reader, writer):
        exchange = Exchange(self, reader, writer)
        try:
            while not exchange.over:
                request = await self.wire.ReadRequest(reader, writer)
                if request is None:
                    return
                await self.Release(request, before=True)
                exchange.Begin(request)
                rule = next((rule for rule in self.rules if rule.Takes(request)), None)
                if rule is not None:
                    await rule.fault.Meet(exchange)
                else:
                    reply = await exchange.Forward()
                    await self.Release(request, before=False)
                    await exchange.Respond(reply.data)
        finally:
            exchange.Close()

    async def Release(self, request, before):
        """Sends the requests that are late, now that this one is about to be asked or has been answered."""
        due = []
        for late in self.kept:
            if request.Names(late.request):
                late.retried = True
            if not late.retried or late.fault.before != before:
                continue
            if late.left == 0:
                due.append(late)
            late.left -= 1
        self.kept = [late for late in self.kept if late not in due]
        for late in due:
            reader, writer = await self.Connect()
            writer.write(late.request.data)
            reply = await self.wire.ReadReply(reader, late.request)
            self.requests.append((late.request, reply.status))
            writer.close()

    async def ServeStream(self, reader, writer):
        rule = next((rule for rule in self.rules if rule.Takes()), None) or StreamRule()
        from_server, to_server = await self.Connect()
        up = asyncio.ensure_future(self.Pump(reader, to_server, StreamRule(slice=rule.slice, rate=rule.rate)))
        down = asyncio.ensure_future(self.Pump(from_server, writer, rule))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in (up, down):
                pump.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            Reset(to_server)

    async def Pump(self, reader, writer, rule):
        """Passes bytes on until the end or the rule's place; then a reset, or silence."""
        passed = 0
        while data := await reader.read(CHUNK):
            last = rule.after is not None and passed + len(data) >= rule.after
            await WriteShaped(writer, data[:rule.after - passed] if last else data, rule.slice, rule.rate)
            passed += len(data)
            if last:
                rule.met += 1
                if rule.silent:
                    await asyncio.Event().wait()
                Reset(writer)
                return
        writer.close()


class Kept:
    """A request whose client has given up and that is still on its way."""

    def __init__(self, request, fault):
        self.request, self.fault = request, fault
        self.retried = False
        self.left = fault.by


class Exchange:
    """One request at a time of one client, and what a fault can do with it."""

    def __init__(self, proxy, reader, writer):
        self.proxy, self.wire = proxy, proxy.wire
        self.reader, self.writer = reader, writer
        self.upstream = None
        self.request = None
        self.over = False

    def Begin(self, request):
        self.request = request
        self.proxy.requests.append((request, None))
        self.at = len(self.proxy.requests) - 1

    async def Forward(self, size=0, rate=0):
        """Asks the server; its reply."""
        if self.upstream is None:
            self.upstream = await self.proxy.Connect()
        reader, writer = self.upstream
        await WriteShaped(writer, self.request.data, size, rate)
        reply = await self.wire.ReadReply(reader, self.request)
        self.proxy.requests[self.at] = (self.request, reply.status)
        return reply

    async def Respond(self, data, size=0, rate=0):
        await WriteShaped(self.writer, data, size, rate)

    def Keep(self, fault):
        self.proxy.kept.append(Kept(self.request, fault))

    async def UntilClientLeaves(self):
        while await self.reader.read(CHUNK):
            pass
        self.over = True

    def Reset(self):
        self.over = True
        Reset(self.writer)

    def Close(self):
        if self.upstream is not None:
            self.upstream[1].close()


async def WriteShaped(writer, data, size, rate):
    step = size or (int(max(1, rate / 20)) if rate else len(data) or 1)
    for at in range(0, len(data), step):
        piece = data[at:at + step]
        writer.write(piece)
        await writer.drain()
        if rate:
            await asyncio.sleep(len(piece) / rate)
        elif size:
            await asyncio.sleep(0)


def Reset(writer):
    """Ends the connection so that the peer sees a reset, not an end."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()
