"""Somebody who visits pages with large files: as a browser would send and save them, without holding one in memory."""

import hashlib
import http.client
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BLOCK = 1024 * 1024
_BOUNDARY = "formcase-large-file"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_BEGINNING = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"  # of a film
_PATIENCE = 900  # seconds for one answer


@dataclass(slots=True)
class LargeFile:
    """A film of so many bytes, made while it is read; sha256 once it was."""

    size: int
    name: str = "walk round the site.mp4"
    sha256: str = ""

    def blocks(self) -> Iterator[bytes]:
        """Its bytes; no block is like another."""
        digest = hashlib.sha256()
        left = self.size
        number = 0
        while left:
            start = _BEGINNING if number == 0 else number.to_bytes(8, "big")
            block = start.ljust(_BLOCK, b"\xa5")[: min(_BLOCK, left)]
            digest.update(block)
            yield block
            left -= len(block)
            number += 1
        self.sha256 = digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was got, or what a post led to."""

    status: int
    address: str
    text: str

    def token(self) -> str:
        """What a form of the page must be sent with."""
        found = _TOKEN.search(self.text)
        assert found, self.text
        return found.group(1)


@dataclass(slots=True)
class PageVisitor:
    """A visitor with cookies; follows where a post leads."""

    port: int
    _cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> Page:
        """A page."""
        return self._page("GET", address, None, {})

    def post(self, address: str, values: Mapping[str, str]) -> Page:
        """A form without files."""
        body = urllib.parse.urlencode(values).encode()
        return self._page("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_file(self, address: str, values: Mapping[str, str], control: str, file: LargeFile) -> Page:
        """A form with one file, streamed."""
        head = "".join(_part(name, value) for name, value in values.items()).encode()
        head += (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{control}"; filename="{file.name}"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        ).encode()
        tail = f"\r\n--{_BOUNDARY}--\r\n".encode()

        def body() -> Iterator[bytes]:
            yield head
            yield from file.blocks()
            yield tail

        headers = {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(len(head) + file.size + len(tail)),
        }
        return self._page("POST", address, body(), headers)

    def download(self, address: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Size and SHA-256 of what is to be saved."""
        connection, answer = self._ask("GET", address, None, dict(headers or {}))
        assert answer.status == 200, answer.status
        digest = hashlib.sha256()
        size = 0
        while block := answer.read(_BLOCK):
            digest.update(block)
            size += len(block)
        connection.close()
        return size, digest.hexdigest()

    def _page(self, method: str, address: str, body: bytes | Iterator[bytes] | None, headers: dict[str, str]) -> Page:
        connection, answer = self._ask(method, address, body, headers)
        text = answer.read().decode()
        connection.close()
        if answer.status in (302, 303):
            return self.get(urllib.parse.urljoin(address, answer.headers["Location"]).partition("#")[0])
        return Page(answer.status, address, text)

    def _ask(
        self, method: str, address: str, body: bytes | Iterator[bytes] | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, address, body, {**headers, **({"Cookie": cookies} if cookies else {})})
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return connection, answer


def _part(name: str, value: str) -> str:
    return f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
