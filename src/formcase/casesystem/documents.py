"""Files' bytes: uploads streamed into the storage, downloads streamed out of it. Nothing is held in memory as a whole.

An upload's row is written before its bytes arrive and completed after, so that what was broken off can be cleared away.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.casesystem import models
from formcase.casesystem.errors import Refusal, invalid, not_found, too_large
from formcase.casesystem.exchange import Answer, Request, refusal_answer
from formcase.casesystem.repeatability import ACCEPTED, remember, remembered, repeatable, wait_turn
from formcase.casesystem.rights import Action, Table
from formcase.casesystem.service import Session, entity_answer

MAX_NAME_LENGTH = 96
_MAX_BYTES = 4 * 1024**3
_CHUNK = 256 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNCLAIMED_KEPT = timedelta(days=30)
_BROKEN_KEPT = timedelta(days=1)
_CLEARED_AT_ONCE = 1000


class Body:
    """The bytes of a request as they arrive. declared: their number where the client says it."""

    def __init__(self, source: Any, declared: int | None) -> None:
        self._source = source
        self.declared = declared

    def chunks(self, limit: int) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises 413 beyond the limit, 400 where fewer come than declared."""
        if self.declared is not None and self.declared > limit:
            raise too_large(limit)
        received = 0
        while chunk := self._read(received):
            received += len(chunk)
            if received > limit:
                raise too_large(limit)
            yield chunk
        if self.declared is not None and received < self.declared:
            raise invalid("Incomplete", _("Fewer bytes came than the Content-Length says."))

    def whole(self, limit: int) -> bytes:
        """All bytes at once, for bodies that are small."""
        return b"".join(self.chunks(limit))

    def drain(self, limit: int) -> None:
        """Take in what is left, so that a client that still sends can read its refusal."""
        try:
            for _chunk in self.chunks(limit):
                pass
        except Refusal:
            return

    def _read(self, received: int) -> bytes:
        wanted = _CHUNK if self.declared is None else min(_CHUNK, self.declared - received)
        chunk: bytes = self._source.read(wanted) if wanted > 0 else b""
        return chunk


@dataclass(frozen=True, slots=True)
class Download:
    """A file to send. open gives it as chunks."""

    storage_name: str
    file_name: str | None
    content_type: str
    size: int
    version: int

    def headers(self) -> dict[str, str]:
        """What to say with the bytes. Nothing in them is ever run by a browser as if it were ours."""
        name = quote(self.file_name or "document", safe="")
        return {
            "Content-Type": self.content_type,
            "Content-Length": str(self.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "ETag": f'W/"{self.version}"',
            "OData-Version": "4.0",
        }

    def chunks(self) -> Iterator[bytes]:
        """The bytes."""
        with storage().open(self.storage_name) as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk


def upload(session: Session, request: Request, body: Body) -> Answer:
    """POST Documents: stream the body into the storage. It is the acting user's until a record takes it up."""
    name = None
    try:
        asked = repeatable(request, timezone.now())
        # A body in chunks that is broken off looks like one that has ended: such an upload is not remembered.
        asked = asked if body.declared is not None else None
        before = remembered(session.actor.account, [asked])
        if before is None:
            session.actor.demand_right(Action.CREATE, Table.DOCUMENT)
            name = _file_name(request.headers.get("slug"))
    except Refusal as refusal:
        body.drain(max_bytes())
        return refusal_answer(refusal)
    if before is not None:
        body.drain(max_bytes())
        return _marked(before.answers[0])
    document = _begin(session, request, name)
    try:
        _receive(document, body)
    except BaseException as error:
        _discard(document)
        if isinstance(error, Refusal):
            return refusal_answer(error)
        raise
    with transaction.atomic():
        wait_turn(session.actor.account, [asked])
        before = remembered(session.actor.account, [asked])
        if before is None:
            document.save(force_update=True)
            answer = entity_answer(session, "Documents", document.key, request, status=HTTPStatus.CREATED)
            remember(session.actor.account, [asked], [answer])
    if before is not None:
        _discard(document)
        return _marked(before.answers[0])
    return _marked(answer) if _asks_repeatability(request) else answer


def find_download(key: str) -> Download:
    """The file of a Document that was found to be in reach."""
    document = models.Document.objects.filter(pk=key, complete=True).first()
    if document is None:
        raise not_found()
    return Download(document.storage_name, document.file_name, document.content_type, document.size, document.version)


def storage() -> Storage:
    """Where the bytes are kept."""
    return storages[getattr(settings, "CASESYSTEM_STORAGE", "default")]


def max_bytes() -> int:
    """The largest file that is taken."""
    return int(getattr(settings, "CASESYSTEM_MAX_DOCUMENT_BYTES", _MAX_BYTES))


def purge(now: datetime | None = None) -> int:
    """Delete files that were broken off, and those that no record took up within 30 days; how many."""
    moment = now or timezone.now()
    waiting = models.Document.objects.filter(record=None)
    old = waiting.filter(complete=False, updated__lt=moment - _BROKEN_KEPT) | waiting.filter(
        complete=True, updated__lt=moment - _UNCLAIMED_KEPT
    )
    number = 0
    for document in old[:_CLEARED_AT_ONCE]:
        with transaction.atomic():
            locked = models.Document.objects.select_for_update().filter(pk=document.key, record=None).first()
            if locked is not None:
                _discard(locked)
                number += 1
    return number


def _begin(session: Session, request: Request, name: str | None) -> models.Document:
    extension = PurePosixPath(name).suffix.removeprefix(".") if name else ""
    document = models.Document(
        uploader=session.actor.key,
        file_name=name,
        extension=extension or None,
        content_type=request.headers.get("content-type", "").strip() or "application/octet-stream",
        storage_name=f"case-system/{uuid4().hex[:2]}/{uuid4().hex}",
    )
    document.save(force_insert=True)
    return document


def _receive(document: models.Document, body: Body) -> None:
    incoming = _Incoming(body)
    document.storage_name = storage().save(document.storage_name, incoming)
    document.size, document.sha256 = incoming.received, incoming.digest.hexdigest()
    document.updated, document.complete = timezone.now(), True


def _discard(document: models.Document) -> None:
    models.Document.objects.filter(pk=document.key, record=None).delete()
    storage().delete(document.storage_name)


class _Incoming(File):  # type: ignore[type-arg]
    """A request's body as Django's storages want it: read once, from front to back."""

    def __init__(self, body: Body) -> None:
        super().__init__(None, "upload")
        self._chunks = body.chunks(max_bytes())
        self._rest = b""
        self.received = 0
        self.digest = hashlib.sha256()

    def __bool__(self) -> bool:
        return True

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.received += len(chunk)
            self.digest.update(chunk)
            yield chunk

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """For storages that read instead: at most size bytes."""
        while size < 0 or len(self._rest) < size:
            chunk = next(self.chunks(), b"")
            if not chunk:
                break
            self._rest += chunk
        end = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:end], self._rest[end:]
        return taken

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to close."""

    def open(self, mode: str | None = None) -> AbstractContextManager["_Incoming"]:  # type: ignore[override]
        return nullcontext(self)


def _file_name(slug: str | None) -> str | None:
    """The file name that `Slug` carries. It is only ever a name: no path is made of it."""
    if slug is None or not slug.strip():
        return None
    try:
        name = unquote(slug.strip(), encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise invalid("InvalidHeader", _("Slug is not percent-encoded UTF-8."), "Slug") from None
    if len(name) > MAX_NAME_LENGTH:
        message = _("A file name has at most {limit} characters.").format(limit=MAX_NAME_LENGTH)
        raise invalid("InvalidHeader", message, "Slug")
    if _CONTROL.search(name):
        raise invalid("InvalidHeader", _("A file name holds no control characters."), "Slug")
    return name


def _asks_repeatability(request: Request) -> bool:
    return "repeatability-request-id" in request.headers


def _marked(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, **ACCEPTED})
