"""What the listener runs: uvicorn, with TLS that demands a client certificate and shows it to the application.

uvicorn fixes its TLS context when it starts; here each connection gets the context of its moment, so that a certificate
that is registered or revoked counts from the next connection on.
"""

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import cast

import structlog
import uvicorn
from django.db import Error as DatabaseFailure
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from formcase.arriving_files import remove_left_lying
from formcase.formservice import calls
from formcase.formservice.administration.attempts import forget_old
from formcase.formservice.administration.sessions import forget_ended
from formcase.formservice.asgi import application
from formcase.formservice.authority import authority_certificate, ensure_authority
from formcase.formservice.expiry import warn_in_log
from formcase.formservice.filling.drafts import remove_abandoned
from formcase.formservice.handshake import secure
from formcase.formservice.interact.arrivals import arrivals
from formcase.formservice.interact.call_log import call_log
from formcase.formservice.interact.problems import problem_content
from formcase.formservice.interact.refused_connections import RefusedConnections
from formcase.formservice.interact.threads import in_database
from formcase.formservice.retention import remove_finished
from formcase.formservice.tls import Trust

_KEEP_ALIVE = 75  # longer than clients keep theirs, so that none is closed under a request
_STOP_TIMEOUT = 15
_TENDING_INTERVAL = 6 * 3600.0
_log = structlog.get_logger()


def serve(host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    """Serve until SIGTERM or SIGINT; see `listener.run_listener`."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        lifespan="on",
        # in uvloop a transport that is paused when it is made reads on all the same, and the first bytes would be lost
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        http=_Plain,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_STOP_TIMEOUT,
    )
    if certificate is not None and key is not None:
        config.http = _with_tls(Trust(certificate, key))
    with _signals_end_here():
        _Server(config).run()


class _Server(uvicorn.Server):
    """uvicorn's server, which lets those go who wait for submissions when it stops."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tending = asyncio.create_task(_tend_now_and_then())
        _log.info("listening", host=self.config.host, port=self.config.port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._tending.cancel()
        arrivals.release_all()
        await super().shutdown(sockets)


class _Plain(HttpToolsProtocol):
    """uvicorn's protocol, whose own answer to what is no HTTP is problem details, too."""

    def send_400_response(self, msg: str) -> None:
        content = problem_content(HTTPStatus.BAD_REQUEST, "This is no HTTP request.")
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()


class _Shown(_Plain):
    """The same behind TLS: each request shows the peer's certificate."""

    _peer: dict[object, object]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True)
        # as the TLS extension of ASGI has it
        self._peer = {"client_cert_chain": [ssl.DER_cert_to_PEM_cert(der)] if der else []}

    def connection_lost(self, exc: Exception | None) -> None:
        # also told where the handshake failed and nothing was made
        if self.transport is not None:
            super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"tls": self._peer}


def _with_tls(trust: Trust) -> type[asyncio.Protocol]:
    """A protocol that begins TLS with the context of the moment, then goes on as HTTP."""
    refused_connections = RefusedConnections()

    class Door(asyncio.Protocol):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, object],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            self._http = _Shown(config, server_state, app_state, _loop)
            self._opening: asyncio.Task[None] | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            plain = cast(asyncio.Transport, transport)
            plain.pause_reading()
            self._opening = asyncio.get_running_loop().create_task(self._open(plain))

        async def _open(self, plain: asyncio.Transport) -> None:
            try:
                context = await trust.context()
            except DatabaseFailure as error:
                _log.warning("database out of reach; nobody can be let in", reason=_reason(error))
                plain.abort()
                return
            try:
                await secure(plain, self._http, context)
            except OSError as error:
                _log.info("no TLS", reason=_reason(error))
                refused = refused_connections.call_of(error, _address(plain))
                if refused is not None:
                    call_log.add(refused)

    return Door


def _address(plain: asyncio.Transport) -> str:
    peer = plain.get_extra_info("peername")
    return str(peer[0]) if peer else ""


def _reason(error: Exception) -> str:
    return getattr(error, "verify_message", None) or getattr(error, "reason", None) or type(error).__name__


async def _tend_now_and_then() -> None:
    while True:
        try:
            await in_database(_tend)
        except Exception:  # noqa: BLE001 - what can't be done now is done the next time
            _log.exception("tending failed")
        await asyncio.sleep(_TENDING_INTERVAL)


def _tend() -> None:
    """Remove what was kept long enough or left lying, warn of certificates that expire, and renew the built-in
    authority's in time."""
    warn_in_log()
    remove_finished()
    calls.remove_old()
    remove_abandoned()
    remove_left_lying()
    forget_old()
    forget_ended()
    if authority_certificate() is not None:
        ensure_authority()


@contextlib.contextmanager
def _signals_end_here() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more when it has stopped; here it has done its work by then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
