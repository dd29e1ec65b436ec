"""The Interact API as an ASGI application of its own: Django's views, without middleware and without a site around.

It holds no thread while a client waits, reads no body that is larger than one may be, and answers every failure with
problem details. The listener runs it; a test may, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, cast

import structlog
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from formcase.formservice.interact.arrivals import arrivals
from formcase.formservice.interact.call_log import call_log
from formcase.formservice.interact.noting import begin_notes, notes_of
from formcase.formservice.interact.problems import ProblemError, crash_response, malformed, problem_response

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

LARGEST_BODY = 64 * 1024
_URLS = "formcase.formservice.interact_urls"
_log = structlog.get_logger()


class _Gone(Exception):
    """The client went away."""


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer one request, or take part in the server's start and stop."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _noted(scope, receive, send)
    else:
        raise ValueError(f"The Interact API speaks HTTP only, not {scope['type']}.")


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await arrivals.close()
            await call_log.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _noted(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer one request, and add it to the log of calls, however it ends."""
    notes = begin_notes(cast("MutableMapping[str, object]", scope))

    async def heard(event: ASGISendEvent) -> None:
        await send(event)
        if event["type"] == "http.response.start":
            notes.status = event["status"]
        elif event["type"] == "http.response.body":
            notes.is_whole = not event["more_body"]

    try:
        await _answer(scope, receive, heard)
    finally:
        call_log.add(notes.ended())


async def _answer(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    try:
        request = _request(scope, await _read_body(scope, receive))
    except _Gone:
        return
    except ProblemError as problem:
        await _send(problem_response(problem), scope["method"], send)
        return
    answering = asyncio.create_task(_view_and_send(request, send))
    # nobody is to wait, and no file to be read, for a client that has gone
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering


async def _view_and_send(request: ASGIRequest, send: ASGISendCallable) -> None:
    response = await _viewed(request)
    try:
        await _send(response, str(request.method), send)
    finally:
        response.close()


async def _viewed(request: ASGIRequest) -> HttpResponseBase:
    try:
        match = get_resolver(_URLS).resolve(request.path_info)
        request.resolver_match = match
        notes_of(request).kind = str(match.url_name)
        response: HttpResponseBase = await match.func(request, *match.args, **match.kwargs)
    except Exception:  # noqa: BLE001 - whatever a view fails at, the client gets an answer and the log the reason
        _log.exception("crashed", method=request.method)
        return crash_response()
    return response


async def _read_body(scope: HTTPScope, receive: ASGIReceiveCallable) -> bytes:
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not announced.isdigit() or int(announced) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> ProblemError:
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {LARGEST_BODY} bytes here.")


def _request(scope: HTTPScope, body: bytes) -> ASGIRequest:
    try:
        return ASGIRequest(scope, BytesIO(body))
    except UnicodeDecodeError:
        raise malformed("The address can't be read.") from None


async def _until_gone(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(response: HttpResponseBase, method: str, send: ASGISendCallable) -> None:
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers, "trailers": False})
    if method != "HEAD":
        async with aclosing(_pieces(response)) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pieces(response: HttpResponseBase) -> AsyncGenerator[bytes, None]:
    if isinstance(response, StreamingHttpResponse):
        async for piece in response:
            yield bytes(piece)
    elif isinstance(response, HttpResponse) and response.content:
        yield response.content
