"""A form service for tests that does what a script says: real TLS, real HTTP, and every way of misbehaving."""

import asyncio
import base64
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web

from formcase.sources.interact.tests.authority import Issued

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CLIENT = "client-7"
PROBLEM = "application/problem+json"


def problem(status: int, detail: str = "", **headers: str) -> web.Response:
    """An error as the contract has it."""
    body = json.dumps({"type": "about:blank", "title": "Error", "status": status, "detail": detail})
    return web.Response(status=status, text=body, content_type=PROBLEM, headers=headers)


def described(content: bytes, media_type: str = "application/octet-stream") -> dict[str, Any]:
    return {"mediaType": media_type, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def summary(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A submission as it is listed."""
    return {
        "id": f"s-{number}",
        "referenceId": f"REF-{number}",
        "formId": "800636",
        "formTitle": "Permission to raise the flag of another nation",
        "formVersion": 3,
        "submittedAt": "2026-11-20T08:41:07Z",
        "status": "Submitted",
        "xml": described(b"<Submission/>", "application/xml"),
        "pdf": described(b"%PDF-1.7", "application/pdf"),
        "attachments": [{"id": "a1", "name": "Æbleø.png", **described(b"picture" * 1000, "image/png")}],
    } | changes


@dataclass
class FormServiceDouble:
    """Serves what it was given. `next` holds answers that are given once, before the usual ones, by path ending."""

    certificate: Issued
    clients: list[Issued]
    forms: list[dict[str, Any]] = field(default_factory=list)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    histories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    next: list[tuple[str, Handler | web.Response]] = field(default_factory=list)
    always: dict[str, Handler] = field(default_factory=dict)
    expires_in: int = 300
    base: str = "/interact"
    url: str = ""
    tokens: list[str] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def once(self, ending: str, answer: Handler | web.Response) -> None:
        """The next request to a path with that ending is answered so."""
        self.next.append((ending, answer))

    def count(self, ending: str) -> int:
        """How many requests came for such a path."""
        return sum(request.path.endswith(ending) for request in self.requests)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        for index, (ending, answer) in enumerate(self.next):
            if request.path.endswith(ending):
                del self.next[index]
                return answer if isinstance(answer, web.Response) else await answer(request)
        for ending, handler in self.always.items():
            if request.path.endswith(ending):
                return await handler(request)
        return await self._usual(request)

    async def _usual(self, request: web.Request) -> web.StreamResponse:
        if not request.path.startswith(self.base):
            return web.Response(status=404, text="nothing here")
        steps = request.path.removeprefix(self.base).strip("/").split("/")
        if steps == ["oauth2", "token"]:
            return await self._token(request)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return problem(401, "no token")
        match steps:
            case ["api", "v1", "forms"]:
                return web.json_response({"forms": self.forms})
            case ["api", "v1", "forms", form_id]:
                found = self.definitions.get(form_id)
                return web.json_response(found) if found else problem(404)
            case ["api", "v1", "submissions"]:
                return self._page(request)
            case ["api", "v1", "submissions", submission_id, *rest]:
                return await self._submission(request, submission_id, rest)
        return problem(404)

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        claims = self._claims(str(form.get("client_assertion")))
        proper = (
            request.method == "POST"
            and form.get("grant_type") == "client_credentials"
            and form.get("client_id") == CLIENT
            and form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            and claims is not None
            and claims["jti"] not in self.seen
        )
        if not proper or claims is None:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.seen.add(claims["jti"])
        self.assertions.append(claims)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return web.json_response(
            {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.expires_in, "new": 1}
        )

    def _claims(self, assertion: str) -> dict[str, Any] | None:
        """The claims, where a registered certificate's key signed them as the contract demands."""
        header = jwt.get_unverified_header(assertion)
        for client in self.clients:
            thumbprint = base64.urlsafe_b64encode(bytes.fromhex(client.sha256)).rstrip(b"=").decode()
            if header.get("x5t#S256") == thumbprint:
                claims = jwt.decode(
                    assertion,
                    client.certificate.public_key(),
                    algorithms=["RS256", "PS256", "ES256"],
                    audience=f"{self.url}/oauth2/token",
                    issuer=CLIENT,
                    options={"require": ["exp", "iat", "jti", "sub"], "strict_aud": True},
                )
                assert claims["exp"] - claims["iat"] <= 300
                return {**claims, "header": header}
        return None

    def _page(self, request: web.Request) -> web.Response:
        asked = request.query.getall("formId", [])
        released = {form["id"] for form in self.forms}
        found = [s for s in self.submissions if not isinstance(s, dict) or s.get("formId") in (asked or released)]
        start, limit = int(request.query.get("after", "0")), int(request.query["limit"])
        page = found[start : start + limit]
        end = start + len(page)
        return web.json_response(
            {
                "submissions": page,
                "next": str(end) if end < len(found) else None,
                "cursor": str(end) if page else request.query.get("after"),
                "refused": [form_id for form_id in asked if form_id not in released],
            }
        )

    async def _submission(self, request: web.Request, submission_id: str, rest: list[str]) -> web.StreamResponse:
        found = next((s for s in self.submissions if s["id"] == submission_id), None)
        if found is None:
            return problem(404)
        if not rest:
            first = {"status": "Submitted", "message": None, "cases": [], "at": found["submittedAt"]}
            return web.json_response({**found, "history": [first, *self.histories.get(submission_id, [])]})
        if rest == ["status"] and request.method == "PUT":
            told = json.loads(await request.read())
            if found["status"] == "Imported" and told["status"] != "Imported":
                return problem(409)
            found["status"] = told["status"]
            self.histories.setdefault(submission_id, []).append(told)
            return web.Response(status=204)
        content = self.files.get("/".join((submission_id, *rest)))
        return self.file(request, content) if content is not None else problem(404)

    def file(self, request: web.Request, content: bytes, etag: str | None = None) -> web.Response:
        """A file, or the part of it that was asked for."""
        digest = hashlib.sha256(content).digest()
        etag = etag or f'"{digest.hex()}"'
        headers = {"ETag": etag, "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:"}
        wanted = request.headers.get("Range")
        if wanted and request.headers.get("If-Range") == etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return web.Response(status=206, body=content[start:], headers=headers)
        return web.Response(body=content, headers=headers)


def cut_after(service: FormServiceDouble, content: bytes, sent: int) -> Handler:
    """Answers a file and breaks the connection after so many bytes of it."""

    async def handler(request: web.Request) -> web.StreamResponse:
        whole = service.file(request, content)
        body = whole.body
        assert isinstance(body, bytes)
        response = web.StreamResponse(status=whole.status, headers=whole.headers)
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[:sent])
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.abort()
        return response

    return handler


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Breaks the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def server_tls(
    certificate: Issued, trusted: bytes, folder: Path, *, version: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    """TLS that demands a client certificate of the trusted authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.minimum_version = context.maximum_version = version
    path = folder / f"server-{certificate.sha1[:8]}.pem"
    path.write_bytes(certificate.whole_pem)
    context.load_cert_chain(path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=trusted.decode())
    return context


@contextmanager
def telling_server(tls: ssl.SSLContext) -> Iterator[int]:
    """A server that sends its TLS alerts, which asyncio's servers never do, and no HTTP; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(2)
            with suppress(OSError), connection, tls.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=3)


@asynccontextmanager
async def serving(
    service: FormServiceDouble, tls: ssl.SSLContext | None, host: str = "localhost"
) -> AsyncIterator[FormServiceDouble]:
    """The service on a port of this machine."""
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        service.url = f"{'https' if tls else 'http'}://{host}:{port}{service.base}"
        yield service
    finally:
        await runner.cleanup()
