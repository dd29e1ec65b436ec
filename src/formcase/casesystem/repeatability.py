"""Repeatable requests (OASIS Repeatable Requests 1.0): the same request, sent again, is not done again.

What was answered together is remembered together: all parts of a change set, or one request on its own. Concurrent
first sends wait for each other by a lock of the database on the request's id, which ends with the transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from uuid import uuid4

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.casesystem.errors import Problem, Refusal, invalid
from formcase.casesystem.exchange import Answer, Request
from formcase.casesystem.models import RememberedRequest

KEPT = timedelta(days=7)
ACCEPTED = {"Repeatability-Result": "accepted"}
REJECTED = {"Repeatability-Result": "rejected"}
_ID = "repeatability-request-id"
_FIRST_SENT = "repeatability-first-sent"
_MAX_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Repeatable:
    """What a request says about being repeated."""

    request_id: str
    first_sent: datetime
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was answered before: one answer for each request, or the refusal of all, and which of them it was about."""

    answers: tuple[Answer, ...]
    refused_position: int | None


def repeatable(request: Request, now: datetime) -> Repeatable | None:
    """What the headers say; None where there are none. Raises 400 or 412, `rejected`, where they don't do."""
    request_id, sent = request.headers.get(_ID), request.headers.get(_FIRST_SENT)
    if request_id is None and sent is None:
        return None
    if not request_id or not sent or len(request_id) > _MAX_ID_LENGTH:
        raise _rejected(_("Repeatability-Request-ID and Repeatability-First-Sent belong together."))
    try:
        first_sent = parsedate_to_datetime(sent)
    except ValueError:
        raise _rejected(_("Repeatability-First-Sent must be a date as HTTP writes it.")) from None
    if first_sent.tzinfo is None:
        first_sent = first_sent.replace(tzinfo=UTC)
    if first_sent < now - KEPT:
        message = _("The request was first sent more than 7 days ago: whether it was done is not known any more.")
        problem = Problem("RepeatabilityExpired", message)
        raise Refusal(HTTPStatus.PRECONDITION_FAILED, problem, headers=REJECTED)
    return Repeatable(request_id, first_sent, request.method, request.path)


def wait_turn(account: str, requests: Sequence[Repeatable | None]) -> None:
    """Wait until nobody else is at work on any of these ids. Within a transaction; lasts until its end."""
    locks = sorted({_lock(account, request.request_id) for request in requests if request is not None})
    if locks:
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(lock) from unnest(%s::bigint[]) lock",
                [locks],
            )


def remembered(account: str, requests: Sequence[Repeatable | None]) -> Remembered | None:
    """What these requests were answered before; None where they are new. Raises 400, `rejected`, where they are not
    the requests that were sent under these ids."""
    ids = [request.request_id for request in requests if request is not None]
    if not ids:
        return None
    rows = {row.request_id: row for row in RememberedRequest.objects.filter(account=account, request_id__in=ids)}
    if not rows:
        return None
    if len(ids) < len(requests) or len(rows) < len(set(ids)) or len(set(ids)) < len(ids):
        raise _rejected(_("Only some of these requests were sent before: a change set is repeated as a whole."))
    found = [rows[request_id] for request_id in ids]
    for request, row in zip(requests, found, strict=True):
        if request is not None and (request.method, request.path) != (row.method, row.path):
            message = _("The id was sent before with {method} {path}.").format(method=row.method, path=row.path)
            raise _rejected(message)
    if len({row.group for row in found}) > 1 or found[0].group_size != len(found):
        raise _rejected(_("These requests were not sent together before: a change set is repeated as a whole."))
    answers = tuple(Answer(HTTPStatus(row.status), row.headers, row.body.encode()) for row in found)
    return Remembered(answers, found[0].refused_position)


def remember(
    account: str,
    requests: Sequence[Repeatable | None],
    answers: Sequence[Answer],
    refused_position: int | None = None,
) -> None:
    """Keep the answers; where all were refused, answers is the one refusal."""
    group = uuid4()
    one_for_all = answers[0] if refused_position is not None else None
    rows = []
    for index, request in enumerate(requests):
        if request is not None:
            row = _row(account, request, one_for_all or answers[index])
            row.group, row.group_size, row.refused_position = group, len(requests), refused_position
            rows.append(row)
    RememberedRequest.objects.bulk_create(rows)


def purge(now: datetime | None = None) -> int:
    """Forget what is older than it is kept for; how many."""
    limit = (now or timezone.now()) - KEPT - timedelta(hours=1)
    return RememberedRequest.objects.filter(first_sent__lt=limit).delete()[0]


def is_remembered(status: HTTPStatus) -> bool:
    """Whether an answer stands for good: the service's own failures and busyness do not."""
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status is not HTTPStatus.TOO_MANY_REQUESTS


def _row(account: str, request: Repeatable, answer: Answer) -> RememberedRequest:
    return RememberedRequest(
        account=account,
        request_id=request.request_id,
        first_sent=request.first_sent,
        method=request.method,
        path=request.path,
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body.decode(),
    )


def _lock(account: str, request_id: str) -> int:
    digest = hashlib.sha256(f"{account}\0{request_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _rejected(message: str) -> Refusal:
    refusal = invalid("RepeatabilityMismatch", message)
    refusal.headers.update(REJECTED)
    return refusal
