"""The bytes of `$batch`: `multipart/mixed` with `application/http` parts and change sets, read and written.

What is malformed is refused with a message that names it and where it stands. What the requests mean is in `batch.py`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from uuid import uuid4

from django.utils.translation import gettext as _

from formcase.casesystem.errors import Problem, Refusal, invalid
from formcase.casesystem.exchange import Answer

_REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<url>\S+)(?: HTTP/1\.[01])?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
_MAX_PARTS = 2000


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request in a batch. url: as it stands there; place: where, for messages."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    content_id: str | None
    place: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Requests that are done all or not at all."""

    requests: tuple[RawRequest, ...]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """An answer with the Content-ID of its request."""

    answer: Answer
    content_id: str | None = None


def read_batch(content_type: str, body: bytes) -> list[RawRequest | ChangeSet]:
    """The parts of a batch, in their order. Raises 400 for what is malformed, 415 for another kind."""
    if content_type.partition(";")[0].strip().lower() != "multipart/mixed":
        message = _("A batch must be multipart/mixed.")
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Problem("UnsupportedMediaType", message))
    known: set[str] = set()
    return [_read_part(*part, known) for part in _parts(body, _boundary(content_type, _("the batch")), _("part"))]


def write_batch(answers: Sequence[PartAnswer | Sequence[PartAnswer]]) -> tuple[str, bytes]:
    """The content type and the bytes of a batch's answer. A sequence inside is a change set that was done."""
    boundary = f"batchresponse_{uuid4()}"
    parts = []
    for answer in answers:
        if isinstance(answer, PartAnswer):
            parts.append(_http_part(answer))
            continue
        inner = f"changesetresponse_{uuid4()}"
        content = _joined(inner, [_http_part(one) for one in answer])
        parts.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode() + content)
    return f"multipart/mixed; boundary={boundary}", _joined(boundary, parts)


def _read_part(headers: Mapping[str, str], body: bytes, place: str, known: set[str]) -> RawRequest | ChangeSet:
    kind = headers.get("content-type", "")
    match kind.partition(";")[0].strip().lower():
        case "application/http":
            return _read_request(headers, body, place, known)
        case "multipart/mixed":
            boundary = _boundary(kind, place)
            inner = list(_parts(body, boundary, _("{place}, request").format(place=place)))
            return ChangeSet(tuple(_read_change(*part, known) for part in inner))
        case _:
            message = _("{place}: the Content-Type must be application/http or multipart/mixed.")
            raise _malformed(message.format(place=place))


def _read_change(headers: Mapping[str, str], body: bytes, place: str, known: set[str]) -> RawRequest:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/http":
        raise _malformed(_("{place}: the Content-Type must be application/http.").format(place=place))
    request = _read_request(headers, body, place, known)
    if request.method in ("GET", "HEAD"):
        raise _malformed(_("{place}: a change set holds no {method}.").format(place=place, method=request.method))
    return request


def _read_request(headers: Mapping[str, str], body: bytes, place: str, known: set[str]) -> RawRequest:
    content_id = headers.get("content-id")
    if content_id is not None:
        if not content_id or content_id in known:
            message = _("{place}: the Content-ID {id} is empty or stands twice.")
            raise _malformed(message.format(place=place, id=content_id))
        known.add(content_id)
    head, content = _split_head(body.lstrip(b"\r\n"))
    line, _newline, rest = head.partition("\n")
    match = _REQUEST_LINE.fullmatch(line.strip())
    if match is None:
        message = _("{place}: “{line}” is no request line.").format(place=place, line=line.strip()[:80])
        raise _malformed(message)
    inner = _headers(rest, place)
    content_id = content_id or inner.get("content-id")
    return RawRequest(match["method"], match["url"], inner, _content(content, inner, place), content_id, place)


def _content(content: bytes, headers: Mapping[str, str], place: str) -> bytes:
    length = headers.get("content-length")
    if length is None:
        return content
    if not (length.isascii() and length.isdigit()) or int(length) > len(content):
        raise _malformed(_("{place}: the Content-Length is wrong.").format(place=place))
    return content[: int(length)]


def _parts(body: bytes, boundary: bytes, name: str) -> Iterator[tuple[dict[str, str], bytes, str]]:
    """Headers, body and a name for messages, of each part."""
    # the line's end before a delimiter is looked at afterwards: a search that begins with known letters can leap
    delimiter = re.compile(b"--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)")
    marks = [mark for mark in delimiter.finditer(body) if body[max(mark.start() - 1, 0) : mark.start()] in (b"", b"\n")]
    if not marks:
        raise _malformed(_("The boundary {boundary} does not stand in the body.").format(boundary=boundary.decode()))
    if marks[-1][1] is None:
        message = _("The closing boundary --{boundary}-- is missing.").format(boundary=boundary.decode())
        raise _malformed(message)
    if len(marks) > _MAX_PARTS:
        raise _malformed(_("The batch has more than {limit} parts.").format(limit=_MAX_PARTS))
    for number, (mark, following) in enumerate(pairwise(marks), start=1):
        if mark[1] is not None:
            return
        place = f"{name} {number}"
        whole = _without_line_ends(body[mark.end() : following.start()])
        head, content = _split_head(whole)
        yield _headers(head, place), content, place


def _without_line_ends(between: bytes) -> bytes:
    """Between two delimiters: the first line's end belongs to the one above, the last to the one below."""
    return re.sub(rb"\A\r?\n", b"", between).removesuffix(b"\n").removesuffix(b"\r")


def _split_head(content: bytes) -> tuple[str, bytes]:
    match = re.search(rb"^\r?\n|\r?\n\r?\n", content)
    head, rest = (content, b"") if match is None else (content[: match.start()], content[match.end() :])
    try:
        return head.decode("utf-8"), rest
    except UnicodeDecodeError:
        raise _malformed(_("A part's headers are not UTF-8.")) from None


def _headers(text: str, place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()):
            raise _malformed(_("{place}: “{line}” is no header.").format(place=place, line=line[:80]))
        found[name.strip().lower()] = value.strip()
    return found


def _boundary(content_type: str, place: str) -> bytes:
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise _malformed(_("The Content-Type of {place} names no boundary.").format(place=place))
    return (match[1] or match[2]).encode("utf-8")


def _malformed(message: str) -> Refusal:
    return invalid("MalformedBatch", message)


def _http_part(part: PartAnswer) -> bytes:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if part.content_id is not None:
        lines.append(f"Content-ID: {part.content_id}")
    answer = part.answer
    lines += ["", f"HTTP/1.1 {answer.status.value} {answer.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.body:
        lines.append(f"Content-Length: {len(answer.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + answer.body


def _joined(boundary: str, parts: Sequence[bytes]) -> bytes:
    opened = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return opened + f"--{boundary}--\r\n".encode()
