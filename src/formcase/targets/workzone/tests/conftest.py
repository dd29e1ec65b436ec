"""Fixtures of the WorkZone target: a server on loopback that answers, or fails, as a test wants it to."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from formcase.targets.workzone import ClientSecret, Timeouts, WorkZone, WorkZoneSettings, connect

MODEL = (Path(__file__).parent / "model.xml").read_bytes()
TOKEN = b'{"access_token": "t-%d", "token_type": "Bearer", "expires_in": 3600}'


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in; complete is false where its body was cut off."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True


Answering = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def json_reply(content: object, status: int = 200, **headers: str) -> bytes:
    """An OData answer."""
    return reply(status, json.dumps(content).encode(), Content_Type="application/json", **headers)


def odata_error(
    status: int, code: str = "Wrong", target: str | None = None, words: str = "no", **headers: str
) -> bytes:
    """An OData error."""
    return json_reply({"error": {"code": code, "message": words, "target": target, "details": []}}, status, **headers)


def batch_reply(*parts: tuple[int, str, object], refused: bool = False, **extra: str) -> bytes:
    """The answer to a change set: a part for each operation, or the one that was refused."""

    def part(status: int, content_id: str, body: object) -> str:
        given = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in extra.items())
        return (
            f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {content_id}\r\n\r\n"
            f"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n{given}\r\n"
            f"{'' if body is None else json.dumps(body)}\r\n"
        )

    if refused:
        text = f"--b\r\n{part(*parts[0])}--b--\r\n"
    else:
        inner = "".join(f"--c\r\n{part(*each)}" for each in parts)
        text = f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{inner}--c--\r\n--b--\r\n"
    return reply(200, text.encode(), Content_Type="multipart/mixed; boundary=b")


@dataclass
class Server:
    """Listens on loopback. `on` says what a path (the part below the service root) is answered with."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, bytes | Answering | list[bytes | Answering]] = field(default_factory=dict)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/OData4/"

    def on(self, path: str, *answers: bytes | Answering) -> None:
        """Answer this path; several answers are given one after the other, the last of them for ever."""
        self.answers[path] = list(answers)

    def asked(self, path: str) -> list[Received]:
        return [each for each in self.requests if self._name(each.path) == path]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    @staticmethod
    def _name(path: str) -> str:
        return path.removeprefix("/OData4/").partition("?")[0]

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                await self._request(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, _EndOfConnection):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = int(headers.get("content-length", "0"))
        try:
            body, complete = await reader.readexactly(length), True
        except asyncio.IncompleteReadError as error:
            body, complete = error.partial, False
        received = Received(method, path, headers, body, complete)
        self.requests.append(received)
        if not complete:
            raise _EndOfConnection
        answers = self.answers.get(self._name(path), [odata_error(404, "NotFound")])
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(received, writer)


class _EndOfConnection(Exception):
    pass


async def reset(received: Received, writer: asyncio.StreamWriter) -> None:
    """Break the connection without an answer."""
    writer.transport.abort()


async def silence(received: Received, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(60)


def and_close(answer: bytes) -> Answering:
    """Answer, and close the connection without having said so."""

    async def answering(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    return answering


def cut(answer: bytes, after: int) -> Answering:
    """Send the beginning of an answer and break the connection."""
    return and_close(answer[:after])


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    server.on("/token", json_reply({"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600}))
    server.on("$metadata", reply(200, MODEL, Content_Type="application/xml"))
    yield server
    await server.stop()


@pytest.fixture
def settings(server: Server) -> WorkZoneSettings:
    return WorkZoneSettings(
        url=server.url,
        authentication=ClientSecret(f"http://127.0.0.1:{server.port}/token", "formcase", "hush-hush", "odata"),
        timeouts=Timeouts(connect=10, silence=2, read=4, write=5),
    )


@pytest.fixture
async def workzone(settings: WorkZoneSettings) -> AsyncIterator[WorkZone]:
    workzone = connect(settings)
    yield workzone
    await workzone.close()
