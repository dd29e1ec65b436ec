"""Why submissions become error cases, grouped: what is common to their reasons, without what belongs to one alone.

A cause is a reason's sentence with those of its parameters that a mend would change: the code that is missing, the
user, the right, the field; not the value that somebody wrote, nor the reference ID. It is recorded in the transaction
that records what was filed, and ends when the submission is filed as mapped or taken care of by hand.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Filed
from formcase.messages import Message, as_data, from_data, message
from formcase.planning.plan import PlanKind
from formcase.planning.words import names_code_of_set_up
from formcase.targets.port import CaseReference
from formcase.workflows.models import UNLISTED, ErrorCause, SubmissionRecord
from formcase.workflows.sql import statement
from formcase.workflows.stored import filed_from, kept

MOST_CAUSES = 20  # of one submission

_PARTS = re.compile(r"\{part0\}(?: \{part\d+\})*")
_INDEX = re.compile(r"\[\d+\]")
_VARYING = frozenset({"length", "count", "unseen", "reference", "size"})  # parameters that belong to one submission
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'")
_WITH_DIGITS = re.compile(r"\S*\d\S*")
_LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Cause:
    """What many reasons have in common."""

    message: Message

    @property
    def key(self) -> str:
        """The same for the same cause, for ever."""
        return sha256(json.dumps(as_data(self.message), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FormCount:
    """How many submissions of one form a group has."""

    form_id: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Error cases that have one cause. underway: how many of them are being filed again just now. forms: the ones with
    most of them first. first, last: when the first and the last of them became error cases."""

    id: int
    message: Message
    count: int
    underway: int
    forms: tuple[FormCount, ...]
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class FiledAgain:
    """Where an error case went. cases: empty while it is one still."""

    error_cases: tuple[CaseReference, ...]
    cases: tuple[CaseReference, ...]


def cause_of(reason: Message) -> Cause:
    """What a mend of this reason would have to change."""
    return Cause(_common(reason))


def groups(workflow: int | None = None) -> list[CauseGroup]:
    """The causes of all error cases that are not mended, those with most of them first."""
    with connection.cursor() as cursor:
        cursor.execute(statement("cause_groups"), {"workflow": workflow})
        rows = cursor.fetchall()
        cursor.execute(statement("causes_underway"))
        underway = dict(cursor.fetchall())
    by_cause: defaultdict[int, list[tuple[str, str, str, int, datetime, datetime]]] = defaultdict(list)
    for cause, *row in rows:
        by_cause[cause].append(tuple(row))
    found = [_group(cause, forms, underway.get(cause, 0)) for cause, forms in by_cause.items()]
    return sorted(found, key=lambda group: (-group.count, -group.last.timestamp()))


def unmended_error_cases(workflow: int | None = None) -> int:
    """How many error cases there are that are not mended; one may have several causes."""
    found = ErrorCause.objects.filter(mended_at=None)
    if workflow is not None:
        found = found.filter(submission__workflow=workflow)
    return found.values("submission").distinct().count()


def group(cause: int) -> CauseGroup | None:
    """One group; None where nothing has this cause any more."""
    return next((found for found in groups() if found.id == cause), None)


def submissions_of(cause: int, form_id: str = "") -> QuerySet[SubmissionRecord]:
    """The error cases of a group that are not mended, newest first; ordered by (recorded_at, id)."""
    unmended = ErrorCause.objects.filter(cause=cause, mended_at=None)
    if form_id:
        unmended = unmended.filter(form_id=form_id)
    found = SubmissionRecord.objects.filter(pk__in=unmended.values("submission")).defer(*UNLISTED)
    return found.select_related("workflow").order_by("-recorded_at", "-id")


def causes_of(submission: int) -> list[tuple[int, Message]]:
    """The causes that a submission has and that are not mended: each with its group."""
    rows = ErrorCause.objects.filter(submission=submission, mended_at=None).select_related("cause").order_by("id")
    return [(row.cause_id, from_data(row.cause.message)) for row in rows]


def filed_again(record: SubmissionRecord) -> FiledAgain | None:
    """A submission's error case and the cases that it has become; None where it never was an error case."""
    now = filed_from(record.filed) if record.filed else None
    before = filed_from(record.error_case) if record.error_case else None
    if before is None:
        is_error_case = now is not None and now.kind is PlanKind.ERROR_CASE
        return FiledAgain(now.receipt.cases, ()) if now is not None and is_error_case else None
    mapped = now is not None and now.kind is PlanKind.MAPPED
    return FiledAgain(before.receipt.cases, now.receipt.cases if now is not None and mapped else ())


async def keep_outcome(connection: AsyncConnection[DictRow], submission: int, filed: Filed) -> None:
    """Record the cases of what was filed, and its causes where it is an error case; in the transaction that records
    the filing itself."""
    await connection.execute(
        statement("keep_cases"),
        {"submission": submission, "numbers": [case.number for case in filed.receipt.cases if case.number]},
    )
    reasons = filed.reasons if filed.kind is PlanKind.ERROR_CASE else ()
    causes = list({cause.key: cause for cause in map(cause_of, reasons)}.values())[:MOST_CAUSES]
    await connection.execute(
        statement("keep_causes"),
        {
            "submission": submission,
            "keys": [cause.key for cause in causes],
            "messages": [kept(as_data(cause.message)) for cause in causes],
        },
    )


def _group(cause: int, rows: Sequence[tuple[str, str, str, int, datetime, datetime]], underway: int) -> CauseGroup:
    forms = [FormCount(form_id, title, count) for _text, form_id, title, count, _first, _last in rows]
    return CauseGroup(
        id=cause,
        message=from_data(json.loads(rows[0][0])),
        count=sum(form.count for form in forms),
        underway=underway,
        forms=tuple(sorted(forms, key=lambda form: (-form.count, form.form_id))),
        first=min(row[4] for row in rows),
        last=max(row[5] for row in rows),
    )


def _common(text: Message) -> Message:
    first = text.parameters.get("part0")
    if _PARTS.fullmatch(text.template) and isinstance(first, Message):
        return _common(first)  # what is near, and in which form it stands, is not the cause
    if text.template == "{subject}: {what}" and isinstance(text.parameters["what"], Message):
        what = _common(text.parameters["what"])
        if names_code_of_set_up(what.template):
            return what
        return message("{subject}: {what}", subject=text.parameters["subject"], what=what)
    return Message(text.template, {name: _kept(text, name) for name in text.parameters})


def _kept(text: Message, name: str) -> str | int | Message:
    value = text.parameters[name]
    if isinstance(value, Message):
        return _common(value)
    if name == "reason" and isinstance(value, str):
        return _without_values(value)
    if name == "origin" and isinstance(value, str):
        return _INDEX.sub("", value)
    if name in _VARYING or (name in text.hidden and not names_code_of_set_up(text.template)):
        return "…"
    return value


def _without_values(words: str) -> str:
    """The case system's own words without what they quote."""
    shortened = _WITH_DIGITS.sub("…", _QUOTED.sub("…", words))
    return shortened if len(shortened) <= _LONGEST_WORDS else f"{shortened[:_LONGEST_WORDS]}…"
