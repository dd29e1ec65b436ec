"""The TLS handshake of one connection: asyncio's, except that a client that is refused is told why.

asyncio drops the connection together with the alert that says so. A client has to tell a refused certificate, which
somebody must mend, from a broken connection, which passes.
"""

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from typing import cast

_LONGEST = 20  # seconds that a handshake may take
_FAREWELL = 2  # seconds for the other end to close, too
_LINGERING = 2.0  # seconds in which a refused client may read the alert


async def secure(plain: asyncio.Transport, application: asyncio.Protocol, context: ssl.SSLContext) -> None:
    """Begin TLS on a connection that was just accepted and is paused, and hand it to the application's protocol.

    Raises `OSError` where the handshake fails; the connection is being closed then.
    """
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()
    tls = _Handshake(
        loop,
        application,
        context,
        settled,
        server_side=True,
        ssl_handshake_timeout=_LONGEST,
        ssl_shutdown_timeout=_FAREWELL,
    )
    plain.set_protocol(tls)
    tls.connection_made(plain)
    plain.resume_reading()
    await settled


class _Handshake(SSLProtocol):
    max_size = 32 * 1024  # a buffer that every connection keeps, also one that only waits
    _handshake_timeout_handle: asyncio.TimerHandle | None

    def _on_handshake_complete(self, handshake_exc: BaseException | None) -> None:
        if handshake_exc is None:
            super()._on_handshake_complete(None)
            return
        if self._handshake_timeout_handle is not None:
            self._handshake_timeout_handle.cancel()
        self._process_outgoing()  # type: ignore[attr-defined]  # unknown to the stubs
        _close_slowly(cast(asyncio.Transport, self._transport))
        self._wakeup_waiter(handshake_exc)


def _close_slowly(plain: asyncio.Transport) -> None:
    """Close a connection so that what was sent last arrives: closing it with something unread would take that back."""
    plain.set_protocol(_PassedOver())
    plain.write_eof()
    asyncio.get_running_loop().call_later(_LINGERING, plain.abort)


class _PassedOver(asyncio.Protocol):
    """Reads and forgets, until the other end closes."""
