"""Filing a whole group of error cases again behind the page: piece by piece, each piece whole or not at all.

What was asked for is a row; a worker's job carries it on, and whoever takes a broken one over goes on after the last
piece that was done. Nothing is taken up twice, as the pieces follow the submissions' keys; what becomes an error case
while it runs is not of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.db import IntegrityError, close_old_connections, transaction
from django.utils import timezone

from formcase.audit.recording import Object, record
from formcase.messages import Message, as_data, from_data, message
from formcase.workflows import actions, causes
from formcase.workflows.actions import AT_ONCE, Actor
from formcase.workflows.models import ErrorCause, GroupFiling
from formcase.workflows.submissions import NotPossible

AUDITED = "group of error cases filed again"
SHOWN_FOR = timedelta(days=1)  # after its end
MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """One that was left as it is, and why."""

    reference_id: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one has come. total: how many there were when it was asked for; refusals: the first of those that were
    left as they are; ended_at: None while it runs."""

    id: int
    cause: int
    form_id: str
    by: str
    asked_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    refused: int
    refusals: tuple[Refusal, ...]

    @property
    def is_running(self) -> bool:
        """Whether there is more to do."""
        return self.ended_at is None

    @property
    def gone_through(self) -> int:
        """How many it has come to, of the total."""
        return min(self.done + self.refused, self.total)


def is_large(cause: int, form_id: str = "") -> bool:
    """Whether a group has more than a page can wait for."""
    return len(causes.submissions_of(cause, form_id).order_by().values_list("pk")[: AT_ONCE + 1]) > AT_ONCE


def ask(cause: int, by: Actor, form_id: str = "") -> Progress:
    """Have a group filed again by the workers. Raises `NotPossible` where that is under way already."""
    name = by if isinstance(by, str) else by.user.get_username()
    found = causes.submissions_of(cause, form_id)
    try:
        with transaction.atomic():
            row = GroupFiling.objects.create(
                cause_id=cause, form_id=form_id, by=name[:200], asked_at=timezone.now(), total=found.count()
            )
            after = {"count": row.total} | ({"form": form_id} if form_id else {})
            record(by, AUDITED, Object("error cases", str(cause), from_data(row.cause.message).discreet()), None, after)
    except IntegrityError:
        raise NotPossible(message("This group is being filed again already.")) from None
    return _progress(row)


def to_show(cause: int | None = None) -> list[Progress]:
    """Those that run, or have ended lately, the newest first; of one cause or of all."""
    found = GroupFiling.objects.exclude(ended_at__lt=timezone.now() - SHOWN_FOR).select_related("cause")
    if cause is not None:
        found = found.filter(cause=cause)
    return [_progress(row) for row in found.order_by("-id")]


async def carry_on(key: int) -> None:
    """Do what is left of it, piece by piece."""
    await sync_to_async(close_old_connections)()
    while await sync_to_async(_next_piece)(key):
        pass


def _next_piece(key: int) -> bool:
    """Take up the next submissions, in one transaction with how far it has come. Whether there may be more."""
    with transaction.atomic():
        row = GroupFiling.objects.select_for_update(no_key=True).filter(pk=key, ended_at=None).first()
        if row is None:
            return False
        keys = _left(row)
        if keys:
            answers = actions.file_again(keys, row.by)
            row.last_key = keys[-1]
            row.done += answers.done
            row.refused += len(answers.refused)
            row.refusals = (row.refusals + _as_data(answers.refused))[:MOST_REASONS]
        else:
            row.ended_at = timezone.now()
        row.save()
        return bool(keys)


def _left(row: GroupFiling) -> list[int]:
    """The next keys of the submissions that were error cases when it was asked for, and that it has not come to yet."""
    found = ErrorCause.objects.filter(
        cause=row.cause_id, mended_at=None, filed_at__lte=row.asked_at, submission__gt=row.last_key
    )
    if row.form_id:
        found = found.filter(form_id=row.form_id)
    return [key for (key,) in found.order_by("submission").values_list("submission_id")[:AT_ONCE]]


def _as_data(refused: Sequence[actions.Answer]) -> list[dict[str, object]]:
    return [{"reference": answer.reference_id, "reason": as_data(answer.text)} for answer in refused[:MOST_REASONS]]


def _progress(row: GroupFiling) -> Progress:
    return Progress(
        id=row.pk,
        cause=row.cause_id,
        form_id=row.form_id,
        by=row.by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        total=row.total,
        done=row.done,
        refused=row.refused,
        refusals=tuple(Refusal(str(one["reference"]), from_data(one["reason"])) for one in row.refusals),
    )
