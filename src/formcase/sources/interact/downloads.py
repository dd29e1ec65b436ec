"""A file of a submission as a stream of bytes that can be trusted once it has ended, in little memory.

A broken read goes on where it broke (`Range` with `If-Range`). Where the service starts again instead (a 200), what was
given on already is read once more and compared, never given twice. The last piece is held back until size and digest
fit, so that whoever passes the bytes on can't finish a file that is wrong.
"""

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass

import aiohttp

from formcase.messages import Message, message
from formcase.outcomes import Passing, Unreadable
from formcase.sources.interact.problems import Answer, refusal
from formcase.sources.interact.settings import Patience
from formcase.sources.interact.transport import refuse_coding
from formcase.submission.digests import ContentCheck
from formcase.submission.model import FileDescription

PIECE = 64 * 1024

Opener = Callable[[dict[str, str]], AbstractAsyncContextManager[aiohttp.ClientResponse]]


async def download(
    open_file: Opener, file: FileDescription, what: Message, patience: Patience
) -> AsyncGenerator[bytes, None]:
    """The file's bytes. open_file: sends a GET with the given headers more and gives the answer, refusals raised;
    what: the file's name for a person."""
    progress = _Progress(file, message("Reading {what}", what=what), ContentCheck(what, file), patience)
    held = b""
    fruitless = 0
    while progress.offset < file.size or not progress.opened:
        reached = progress.offset
        try:
            async with aclosing(_read_on(open_file, progress)) as pieces:
                async for piece in pieces:
                    if held:
                        yield held
                    held = piece
        except Passing as fault:
            progress.note_end(reached, fault)
            fruitless = 1 if progress.offset > reached else fruitless + 1
            if fruitless > patience.resumes or fault.retry_after or progress.overdue():
                if progress.ends_early():
                    raise progress.wrong(
                        message("It ends after {offset} bytes, every time.", offset=progress.offset)
                    ) from fault
                raise
            await progress.pause(patience.pause * 2 ** (fruitless - 1))
    progress.content.finish()
    if held:
        yield held


@dataclass(slots=True)
class _Progress:
    """How far a file has been read. waited: seconds spent waiting for the service; early_ends: how often in a row the
    service has begun an answer and cut it without one more byte."""

    file: FileDescription
    tried: Message
    content: ContentCheck
    patience: Patience
    etag: str | None = None
    opened: bool = False
    waited: float = 0
    early_ends: int = 0

    @property
    def offset(self) -> int:
        """How many bytes there are already."""
        return self.content.size

    def time_left(self) -> float:
        return self.patience.answer + self.file.size / self.patience.slowest_rate - self.waited

    def overdue(self) -> bool:
        return self.time_left() <= 0

    def note_end(self, reached: int, fault: Passing) -> None:
        cut = isinstance(fault.__cause__, aiohttp.ClientPayloadError)
        self.early_ends = self.early_ends + 1 if cut and self.offset == reached else 0

    def ends_early(self) -> bool:
        """Whether it is the file that has fewer bytes than announced, and no connection that happened to break."""
        return self.offset > 0 and self.early_ends >= self.patience.resumes

    async def pause(self, seconds: float) -> None:
        self.waited += seconds
        await asyncio.sleep(seconds)

    def wrong(self, answer: Message) -> Unreadable:
        return Unreadable(self.tried, answer, message("The form service must hand out the file that it announced."))


async def _read_on(open_file: Opener, progress: _Progress) -> AsyncGenerator[bytes, None]:
    """What follows `progress.offset`, with one request."""
    start = progress.offset
    headers = {}
    if start and progress.etag:
        headers = {"Range": f"bytes={start}-", "If-Range": progress.etag}
    async with open_file(headers) as response:
        progress.opened = True
        refuse_coding({name.lower(): value for name, value in response.headers.items()}, progress.tried)
        if response.status == 206 and headers:
            _check_part(response, progress)
        elif response.status == 200:
            _check_whole(response, progress)
            await _skip(response, progress, start)
        else:
            raise _unexpected(response, progress.tried)
        while piece := await _next_piece(response, progress, PIECE):
            progress.content.take(piece)
            yield piece
        if progress.offset < progress.file.size:
            raise _too_short(response, progress)


async def _skip(response: aiohttp.ClientResponse, progress: _Progress, size: int) -> None:
    """Read what is known already once more: the service started again. It must be the same as before."""
    again = hashlib.sha256()
    left = size
    while left:
        piece = await _next_piece(response, progress, min(left, PIECE))
        if not piece:
            raise _too_short(response, progress)
        again.update(piece)
        left -= len(piece)
    if size and again.hexdigest() != progress.content.digest:
        raise progress.wrong(message("Read a second time, it has other bytes than the first time."))


async def _next_piece(response: aiohttp.ClientResponse, progress: _Progress, size: int) -> bytes:
    """The next bytes, empty at the end. Only the time spent here counts, not that of whoever takes the bytes."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(max(progress.time_left(), 0)):
            return await response.content.read(size)
    finally:
        progress.waited += clock() - began


def _check_whole(response: aiohttp.ClientResponse, progress: _Progress) -> None:
    if response.content_length not in {None, progress.file.size}:
        raise progress.wrong(
            message(
                "It is said to have {length} bytes, and {size} were announced.",
                length=response.content_length or 0,
                size=progress.file.size,
            )
        )
    etag = response.headers.get("ETag", "")
    # a weak one can't vouch for bytes, so a broken read then starts again
    progress.etag = etag if re.fullmatch(r'"[!#-~]*"', etag) else None
    _check_digest(response, progress)


def _check_part(response: aiohttp.ClientResponse, progress: _Progress) -> None:
    size = progress.file.size
    expected = f"bytes {progress.offset}-{size - 1}/{size}"
    if response.headers.get("Content-Range", "").strip().lower() != expected:
        raise progress.wrong(message("Asked for the rest of it, the form service sent another part."))
    _check_digest(response, progress)


def _check_digest(response: aiohttp.ClientResponse, progress: _Progress) -> None:
    """Notice a file that is another one before it is read. Its own bytes are checked in any case."""
    for value in response.headers.getall("Repr-Digest", []):
        found = re.search(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):", value)
        if not found:
            continue
        try:
            digest = base64.b64decode(found.group(1), validate=True).hex()
        except binascii.Error:
            digest = ""
        if digest != progress.file.sha256:
            raise progress.wrong(message("Its digest header is not the digest that was announced."))


def _too_short(response: aiohttp.ClientResponse, progress: _Progress) -> Passing | Unreadable:
    """The answer has ended before the file. Without a length of its own, nobody can say whether it was cut."""
    if response.content_length is None and "chunked" not in response.headers.get("Transfer-Encoding", "").lower():
        return Passing(progress.tried, message("The connection broke before the file was whole."))
    return progress.wrong(message("It has fewer than the {size} bytes that were announced.", size=progress.file.size))


def _unexpected(response: aiohttp.ClientResponse, tried: Message) -> Exception:
    """An answer that is neither the file nor a part of it, nor an error that the opener knows."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return refusal(Answer(response.status, headers, b""), tried, of_one_submission=True)
