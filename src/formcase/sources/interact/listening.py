"""Asks a form service why it cut a connection without a word: connects, says nothing, and hears what comes.

A refused client certificate often shows as nothing but a cut connection. With TLS 1.3 our request is on its way when
the service refuses, and the network may then throw its alert away; and servers built on Python's asyncio send none at
all. A service that takes our certificate waits for a request instead.
"""

import asyncio
import socket
import ssl

from aiohttp.abc import AbstractResolver

from formcase.messages import Message, message
from formcase.outcomes import Setup
from formcase.sources.interact.faults import tls_refusal

_PIECE = 64 * 1024


async def listen_for_refusal(
    place: tuple[str, int], resolver: AbstractResolver, tls: ssl.SSLContext, tried: Message, patience: float
) -> None:
    """Raise `Setup` where the service refuses our certificate. Where it waits for a request, or can't be reached, there
    is nothing to say. place: its host and port."""
    host, port = place
    try:
        async with asyncio.timeout(patience):
            (found, *_) = await resolver.resolve(host, port, socket.AF_UNSPEC)
            reader, writer = await asyncio.open_connection(found["host"], found["port"])
            try:
                await _Handshake(host, tls, tried).follow(reader, writer)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError):
        return


class _Handshake:
    """A TLS handshake of which we see every step, which asyncio's own does not show."""

    def __init__(self, host: str, tls: ssl.SSLContext, tried: Message) -> None:
        self._tried = tried
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._made = False

    async def follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Go through with it and hear what the service says then. Ends when the connection does."""
        heard = False
        while self._advance():
            writer.write(self._outgoing.read())
            piece = await _read(reader)
            if not piece:
                if heard:
                    raise self._refused()
                return
            heard = True
            self._incoming.write(piece)

    def _advance(self) -> bool:
        """Take what has come. Whether there is more to hear; raises `Setup` for an alert about our certificate."""
        try:
            if not self._made:
                self._tls.do_handshake()
                self._made = True
            if not self._tls.read(1):
                raise self._refused()
        except ssl.SSLWantReadError:
            return True
        except ssl.SSLZeroReturnError as error:
            raise self._refused() from error
        except ssl.SSLError as error:
            if refusal := tls_refusal(error, self._tried):
                raise refusal from error
        return False

    def _refused(self) -> Setup:
        return Setup(
            self._tried,
            message("The form service cut the connection as soon as it saw our certificate, without saying why."),
            message(
                "Ask the form service which certificate it has registered for this client and whether it trusts the "
                "issuer, and see “formcase certificate list”."
            ),
        )


async def _read(reader: asyncio.StreamReader) -> bytes:
    """What comes next; nothing where the connection is cut, however that is done."""
    try:
        return await reader.read(_PIECE)
    except ConnectionError:
        return b""
