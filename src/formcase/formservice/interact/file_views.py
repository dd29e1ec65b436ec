"""A submission's files: whole or one range of them, streamed as they are, with their digest."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from formcase.formservice.interact.access import Caller, caller
from formcase.formservice.interact.answers import without_content
from formcase.formservice.interact.listing import one_file
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.problems import ProblemError, not_found
from formcase.formservice.interact.threads import in_database, with_files
from formcase.formservice.models import FileKind, StoredFile
from formcase.formservice.stored_files import CHUNK, open_stored


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes that are asked for: from `first`, so many."""

    first: int
    length: int


async def xml(request: HttpRequest, submission_id: str) -> HttpResponseBase:
    """`GET …/submissions/{id}/xml`."""
    return await _file(request, submission_id, FileKind.XML)


async def pdf(request: HttpRequest, submission_id: str) -> HttpResponseBase:
    """`GET …/submissions/{id}/pdf`."""
    return await _file(request, submission_id, FileKind.PDF)


async def attachment(request: HttpRequest, submission_id: str, attachment_id: str) -> HttpResponseBase:
    """`GET …/submissions/{id}/attachments/{attachmentId}`."""
    return await _file(request, submission_id, FileKind.ATTACHMENT, attachment_id)


async def _file(request: HttpRequest, submission_id: str, kind: FileKind, attachment_id: str = "") -> HttpResponseBase:
    client = await caller(request)
    file = await in_database(_find, submission_id, client, kind, attachment_id)
    notes_of(request).about(file.submission.form_id, file.submission.reference_id)
    if _is_known(request.headers.get("If-None-Match"), _entity_tag(file)):
        return _described(without_content(HTTPStatus.NOT_MODIFIED), file)
    part = _asked_part(request, file)
    whole = Part(0, file.size)
    response = await _body(request, file, part or whole)
    response["Content-Type"] = file.media_type
    response["Content-Length"] = str((part or whole).length)
    if part is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {part.first}-{part.first + part.length - 1}/{file.size}"
    return _described(response, file)


def _find(submission_id: str, client: Caller, kind: FileKind, attachment_id: str) -> StoredFile:
    file = one_file(submission_id, kind, attachment_id)
    if file is None or not client.may_see(file.submission.form_id):
        raise not_found("There is no such submission for this client, or it has no such file.")
    return file


def _described(response: HttpResponseBase, file: StoredFile) -> HttpResponseBase:
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    response["ETag"] = _entity_tag(file)
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache, no-transform"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _entity_tag(file: StoredFile) -> str:
    return f'"{file.sha256}"'


def _is_known(condition: str | None, entity_tag: str) -> bool:
    """Whether `If-None-Match` names the file; the weak comparison, as RFC 9110 has it."""
    if condition is None:
        return False
    return condition.strip() == "*" or entity_tag in re.findall(r'"[^"]*"', condition)


def _asked_part(request: HttpRequest, file: StoredFile) -> Part | None:
    """The one range that is asked for; None where the whole file is: without a range, with several, with one that can't
    be read, or where `If-Range` names another file. 416 where there is no such range."""
    asked = request.headers.get("Range")
    condition = request.headers.get("If-Range")
    if request.method != "GET" or asked is None or (condition is not None and condition.strip() != _entity_tag(file)):
        return None
    found = re.fullmatch(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", asked.strip(), re.IGNORECASE)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, file.size - int(last))
    end = min(int(last), file.size - 1) if first and last else file.size - 1
    if start > end:
        detail = f"The file has {file.size} bytes."
        raise ProblemError(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail, {"Content-Range": f"bytes */{file.size}"}
        )
    return Part(start, end - start + 1)


async def _body(request: HttpRequest, file: StoredFile, part: Part) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    stream = await with_files(_opened, file.location, part.first)
    return StreamingHttpResponse(_Bytes(stream, part.length))


def _opened(location: str, first: int) -> IO[bytes]:
    stream = open_stored(location)
    stream.seek(first)
    return stream


class _Bytes:
    """So many bytes of a stream, read piece by piece in another thread; at no time more than one piece is in memory."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self._left = length

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await with_files(self._stream.read, min(CHUNK, self._left)) if self._left else b""
        if not piece:
            raise StopAsyncIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Called by the response when it ends, however it ends."""
        self._stream.close()
