# SPDX-License-Identifier: MIT
"""What can happen to a request on its way: each fault says how one exchange through the proxy goes wrong."""

import asyncio
import dataclasses


@dataclasses.dataclass(frozen=True)
class LoseBefore:
    """The request never reaches the server; the client sees a reset."""

    async def Meet(self, exchange):
        exchange.Reset()


@dataclasses.dataclass(frozen=True)
class LoseAfter:
    """The server does what it is asked; its reply is lost, the client sees a reset."""

    async def Meet(self, exchange):
        await exchange.Forward()
        exchange.Reset()


@dataclasses.dataclass(frozen=True)
class Late:
    """The client sees a reset; the request reaches the server when the same has been asked again: after that retry,
    and `by` further requests later, or just `before` it."""

    before: bool = False
    by: int = 0

    async def Meet(self, exchange):
        exchange.Keep(self)
        exchange.Reset()


@dataclasses.dataclass(frozen=True)
class Answer:
    """The server's answer is this one (HTTP only), whether it was asked (`applied`) or not."""

    status: int
    headers: tuple = ()
    applied: bool = False

    async def Meet(self, exchange):
        if self.applied:
            await exchange.Forward()
        await exchange.Respond(exchange.wire.Answer(self.status, dict(self.headers)).data)


@dataclasses.dataclass(frozen=True)
class Delay:
    seconds: float

    async def Meet(self, exchange):
        await asyncio.sleep(self.seconds)
        await exchange.Respond((await exchange.Forward()).data)


@dataclasses.dataclass(frozen=True)
class CutReply:
    """The reply breaks off with a reset after so many bytes."""

    after: int

    async def Meet(self, exchange):
        reply = await exchange.Forward()
        await exchange.Respond(reply.data[:self.after])
        exchange.Reset()


@dataclasses.dataclass(frozen=True)
class Slice:
    """Request and reply travel in writes of `size` bytes; `rate` is the bandwidth in bytes per second."""

    size: int = 1
    rate: float = 0

    async def Meet(self, exchange):
        reply = await exchange.Forward(self.size, self.rate)
        await exchange.Respond(reply.data, self.size, self.rate)


@dataclasses.dataclass(frozen=True)
class Silence:
    """Nobody answers and nobody hangs up: half-open, until the client gives up or the proxy ends. `applied` says
    whether the server was asked."""

    applied: bool = False

    async def Meet(self, exchange):
        if self.applied:
            await exchange.Forward()
        await exchange.UntilClientLeaves()
