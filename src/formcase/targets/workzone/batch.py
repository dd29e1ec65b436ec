"""A `$batch` request with one change set, and what comes back for it. Knows nothing of what the parts mean.

Written and read as bytes, because bodies may hold anything; OData 4.0 part 1, chapter 11.7.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from formcase.targets.workzone.answer import Answer
from formcase.targets.workzone.literals import Json, json_text

MOST_PARTS = 100_000
_PART_HEADERS = 100
_EMPTY_LINE = re.compile(rb"(?:^|\r?\n)\r?\n")
# an answer that is final: none below 200 may ever count as done
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? ([2-5]\d\d)(?: [^\r\n]*)?")
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One request of the change set. address is relative to the service root, or `$<content id>/…`."""

    content_id: str
    method: str
    address: str
    body: Mapping[str, Json]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one part; content_id is None where the service did not say it."""

    answer: Answer
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: one answer for each part of a committed change set, or the one that says why it was refused."""

    parts: tuple[PartAnswer, ...]

    def refusal(self) -> PartAnswer | None:
        """The answer that refuses the change set."""
        return next((part for part in self.parts if part.answer.status >= 300), None)


class Unreadable(ValueError):
    """What came back for a batch can't be read; says why."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch request ready to be sent."""

    content_type: str
    body: bytes


def write(parts: tuple[Part, ...]) -> Batch:
    """The request: one change set with these parts."""
    requests = [_request(part) for part in parts]
    batch, changes = _unused_boundary("batch", requests), _unused_boundary("changes", requests)
    lines = [f"--{batch}", f"Content-Type: multipart/mixed; boundary={changes}", ""]
    body = "\r\n".join([*lines, ""]).encode()
    for request in requests:
        body += b"--" + changes.encode() + b"\r\n" + request + b"\r\n"
    body += f"--{changes}--\r\n\r\n--{batch}--\r\n".encode()
    return Batch(content_type=f"multipart/mixed; boundary={batch}", body=body)


def read(content_type: str, body: bytes) -> Answers:
    """Read what came back. Raises `Unreadable` where it is cut off or has another shape."""
    outer = _split(body, _boundary_of(content_type))
    if len(outer) != 1:
        raise Unreadable(f"{len(outer)} parts for one change set")
    headers, content = _headers_and_body(outer[0])
    kind = headers.get("content-type", "")
    if kind.lower().startswith("multipart/mixed"):
        return Answers(tuple(_part_answer(part) for part in _split(content, _boundary_of(kind))))
    return Answers((_part_answer(outer[0]),))


def _request(part: Part) -> bytes:
    body = json_text(part.body).encode()
    lines = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        f"Content-ID: {part.content_id}",
        "",
        f"{part.method} {part.address} HTTP/1.1",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {_one_line(value)}" for name, value in part.headers.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def _one_line(value: str) -> str:
    if "\r" in value or "\n" in value:
        raise ValueError("a header holds one line")
    return value


def _unused_boundary(name: str, requests: list[bytes]) -> str:
    while True:
        boundary = f"{name}_{secrets.token_hex(16)}"
        if not any(boundary.encode() in request for request in requests):
            return boundary


def _boundary_of(content_type: str) -> bytes:
    if not content_type.lower().startswith("multipart/mixed"):
        raise Unreadable("it is not multipart/mixed")
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Unreadable("its boundary is not given")
    return (found[1] or found[2]).encode("latin-1", "replace")


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """The parts between the delimiter lines; what stands before the first and after the last is not looked at."""
    # it begins with letters that are known, so that the search can leap, and what stands before is looked at then
    delimiter = re.compile(b"--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)")
    parts: list[bytes] = []
    begin: int | None = None
    for found in delimiter.finditer(body):
        start = found.start()
        if start and body[start - 1 : start] != b"\n":
            continue
        if begin is not None:
            parts.append(body[begin:start].removesuffix(b"\n").removesuffix(b"\r"))
        if found[1]:
            return parts if begin is not None else []
        if len(parts) >= MOST_PARTS:
            raise Unreadable("it has too many parts")
        begin = _after_line(body, found.end())
    raise Unreadable("its end is missing")


def _after_line(body: bytes, position: int) -> int:
    end = body.find(b"\n", position)
    return len(body) if end < 0 else end + 1


def _headers_and_body(part: bytes) -> tuple[dict[str, str], bytes]:
    end = _EMPTY_LINE.search(part)
    if end is None:
        return _headers(part), b""
    return _headers(part[: end.start()]), part[end.end() :]


def _headers(block: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in block.splitlines()[:_PART_HEADERS]:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers


def _part_answer(part: bytes) -> PartAnswer:
    """Read `application/http`. Content-ID stands before the status line, or, with some services, after it."""
    outer, http = _headers_and_body(part)
    http = http.lstrip(b"\r\n")
    first = http.splitlines()[0] if http else b""
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise Unreadable("a part has no status line of a final answer")
    headers, body = _headers_and_body(http[_after_line(http, len(first)) :])
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(body) < int(length):
        raise Unreadable("a part is cut off")
    body = body[: int(length)] if length.isascii() and length.isdigit() else body
    return PartAnswer(
        answer=Answer(int(status[1]), headers, body),
        content_id=outer.get("content-id") or headers.get("content-id"),
    )
