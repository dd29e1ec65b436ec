"""A proxy between Formcase and one of its ends that lets requests and answers go wrong, as a plan says.

It knows HTTP/1.1 as far as to tell one message from the next and which write it is, and TLS on both sides: it ends the
client's with the service's own certificate and shows the service the client's.
"""

import asyncio
import random
import re
import socket
import ssl
import struct
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from faults.standing_between import StandingBetween
from ports import free_port

_LARGEST_HEAD = 256 * 1024
_BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Fault(StrEnum):
    """What happens to one request, or to its answer."""

    DROP_REQUEST = "the request is dropped"
    RESET_REQUEST = "the connection is reset before the request is passed on"
    CUT_REQUEST = "half of the request is passed on"
    LATE_REQUEST = "the connection is reset, and the request passed on later"
    SLOW_REQUEST = "the request is passed on late"
    DOUBLE_REQUEST = "the request is passed on twice at once"
    DROP_ANSWER = "the answer is dropped"
    RESET_ANSWER = "the connection is reset instead of the answer"
    CUT_ANSWER = "half of the answer is passed on"
    SLOW_ANSWER = "the answer is passed on late"
    DOUBLE_ANSWER = "the answer is passed on twice"


class Write(StrEnum):
    """The writes that there are at either end."""

    UPLOAD = "upload"
    CHANGE_SET = "change set"
    NOTE = "note"
    DELIVERED = "Delivered"
    BLOCKED = "TemporaryBlocked"
    IMPORTED = "Imported"


@dataclass(frozen=True, slots=True)
class Planned:
    """One fault, for the next write of its kind. seconds: how late, where it is late."""

    write: Write
    fault: Fault
    seconds: float = 2.0


def every(writes: Iterable[Write], seconds: float = 2.0) -> list[Planned]:
    """Each fault once at each of these writes."""
    return [Planned(write, fault, seconds) for write in writes for fault in Fault]


def seeded(seed: int, writes: Sequence[Write], count: int) -> list[Planned]:
    """So many faults, the same for the same seed."""
    chance = random.Random(seed)
    return [Planned(chance.choice(writes), chance.choice(list(Fault)), chance.uniform(0.2, 4.0)) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class End:
    """Where the proxy passes things on to. trust, certificate: PEM files, where the end speaks TLS."""

    host: str
    port: int
    trust: str | None = None
    certificate: str | None = None

    def tls(self) -> ssl.SSLContext | None:
        """How the proxy speaks to it."""
        if self.trust is None:
            return None
        context = ssl.create_default_context(cafile=self.trust)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate)
        return context


@dataclass(slots=True)
class Message:
    """A request or an answer, as it came."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        """All of it."""
        return self.head + self.body


@dataclass(slots=True)
class Plan:
    """What is still to go wrong, and what came. forgetful: what makes requests repeatable is taken out of them."""

    forgetful: bool = False
    requests: Counter[str] = field(default_factory=Counter)
    happened: list[Planned] = field(default_factory=list)
    _chance: random.Random = field(default_factory=random.Random)
    _rate: float = 0
    _waiting: dict[Write, deque[Planned]] = field(default_factory=dict)

    def add(self, planned: Iterable[Planned]) -> None:
        """More that is to go wrong."""
        for each in planned:
            self._waiting.setdefault(each.write, deque()).append(each)

    def at_random(self, seed: int, rate: float) -> None:
        """From now on this part of the writes goes wrong, anyhow; the same for the same seed and the same writes."""
        self._chance, self._rate = random.Random(seed), rate

    def left(self) -> int:
        """How much is still to go wrong."""
        return sum(map(len, self._waiting.values()))

    def forget(self) -> None:
        """Nothing more is to go wrong."""
        self._waiting.clear()
        self._rate = 0

    def next_for(self, request: Message) -> Planned | None:
        """What goes wrong with this request."""
        write = write_of(request)
        self.requests["read" if write is None else write.value] += 1
        planned = None if write is None else self._planned(write)
        if planned is not None:
            self.happened.append(planned)
        return planned

    def _planned(self, write: Write) -> Planned | None:
        if waiting := self._waiting.get(write):
            return waiting.popleft()
        if self._rate and self._chance.random() < self._rate:
            return Planned(write, self._chance.choice(list(Fault)), self._chance.uniform(0.2, 4.0))
        return None


def write_of(request: Message) -> Write | None:
    """Which write a request is; None for a read."""
    method, target, _ = request.head.split(b" ", 2)
    path = target.partition(b"?")[0]
    if method == b"POST" and path.endswith(b"/$batch"):
        return Write.NOTE if _is_note(request.body) else Write.CHANGE_SET
    if method == b"POST" and path.endswith(b"/Documents"):
        return Write.UPLOAD
    if method == b"PUT" and path.endswith(b"/status"):
        (said,) = re.findall(rb'"status": ?"(\w+)"', request.body)
        return Write(said.decode())
    return None


def _is_note(batch: bytes) -> bool:
    """Whether a batch does nothing but write one case's note, as an error case gets one that was filed again."""
    parts: list[bytes] = re.findall(rb"(?m)^(?:POST|PATCH|PUT|DELETE|GET) (\S+) HTTP/1\.1", batch)
    return len(parts) == 1 and parts[0].endswith(b"/Note")


class Proxy(StandingBetween):
    """Listens on a port of its own. tls: the certificate and key it shows to clients."""

    def __init__(self, end: End, plan: Plan | None = None, tls: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.plan = plan or Plan()
        self._end = end
        self._to_end = end.tls()
        self._tls = tls
        self._late: set[asyncio.Task[None]] = set()
        self.port = free_port()

    async def _listen(self) -> asyncio.Server:
        context = None
        if self._tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._tls)
        return await asyncio.start_server(self._taken, "127.0.0.1", self.port, ssl=context, limit=_LARGEST_HEAD)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _message(reader):
                await self._flowing.wait()
                planned = self.plan.next_for(request)
                if self.plan.forgetful and write_of(request) is Write.CHANGE_SET:
                    request = _not_repeatable(request)
                if planned is None:
                    await _send(writer, await self._ask(request))
                elif not await self._go_wrong(planned, request, writer):
                    return
        except (*_BROKEN, asyncio.CancelledError):
            _reset(writer)
        finally:
            writer.close()

    async def _go_wrong(self, planned: Planned, request: Message, writer: asyncio.StreamWriter) -> bool:
        """Let it happen; whether the connection can be used on."""
        match planned.fault:
            case Fault.DROP_REQUEST:
                return False
            case Fault.RESET_REQUEST:
                _reset(writer)
                return False
            case Fault.CUT_REQUEST:
                await self._half(request)
                _reset(writer)
                return False
            case Fault.LATE_REQUEST:
                _reset(writer)
                self._ask_later(request, planned.seconds)
                return False
            case Fault.SLOW_REQUEST:
                await asyncio.sleep(planned.seconds)
        twice = planned.fault is Fault.DOUBLE_REQUEST
        answer = await (self._ask_twice(request) if twice else self._ask(request))
        return await self._answer_wrongly(planned, answer, writer)

    async def _answer_wrongly(self, planned: Planned, answer: Message, writer: asyncio.StreamWriter) -> bool:
        match planned.fault:
            case Fault.DROP_ANSWER:
                return False
            case Fault.RESET_ANSWER:
                _reset(writer)
                return False
            case Fault.CUT_ANSWER:
                writer.write(answer.whole[: len(answer.whole) // 2])
                await writer.drain()
                return False
            case Fault.SLOW_ANSWER:
                await asyncio.sleep(planned.seconds)
            case Fault.DOUBLE_ANSWER:
                await _send(writer, answer)
        await _send(writer, answer)
        return planned.fault is not Fault.DOUBLE_ANSWER

    async def _ask_twice(self, request: Message) -> Message:
        """The answer of the one that was answered first, where both were."""
        answers = await asyncio.gather(self._ask(request), self._ask(request), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, Message):
                return answer
        raise ConnectionResetError

    async def _ask(self, request: Message) -> Message:
        reader, writer = await self._connect()
        try:
            await _send(writer, request)
            answer = await _message(reader)
            await self._flowing.wait()
        finally:
            writer.close()
        if answer is None:
            raise ConnectionResetError
        return answer

    async def _half(self, request: Message) -> None:
        _reader, writer = await self._connect()
        writer.write(request.whole[: len(request.head) + len(request.body) // 2])
        await writer.drain()
        await asyncio.sleep(0.1)
        _reset(writer)

    def _ask_later(self, request: Message, seconds: float) -> None:
        async def ask() -> None:
            await asyncio.sleep(seconds)
            with suppress(*_BROKEN):  # nobody is there any more to hear of it
                await self._ask(request)

        task = asyncio.create_task(ask())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._end.host, self._end.port, ssl=self._to_end, limit=_LARGEST_HEAD)


async def _message(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None where there is none any more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        return Message(head, await _chunks(reader))
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return Message(head, await reader.readexactly(int(length[1])) if length else b"")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    read = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        read += size + await reader.readexactly(int(size.partition(b";")[0], 16) + 2)
        if int(size.partition(b";")[0], 16) == 0:
            return read


async def _send(writer: asyncio.StreamWriter, message: Message) -> None:
    writer.write(message.whole)
    await writer.drain()


def _not_repeatable(request: Message) -> Message:
    body = re.sub(rb"(?i)repeatability-[a-z-]+:[^\r\n]*\r\n", b"", request.body)
    head = re.sub(rb"(?i)(\r\ncontent-length: *)\d+", rb"\g<1>%d" % len(body), request.head)
    return Message(head, body)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Cut a connection with a reset, not with a goodbye."""
    own: socket.socket | None = writer.get_extra_info("socket")
    if own is not None and own.fileno() != -1:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
