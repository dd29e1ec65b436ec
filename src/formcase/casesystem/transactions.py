"""Does writes: each change set, and each write on its own, in one transaction, remembered where it may be repeated.

A refusal undoes what was written, but is itself remembered: the work runs inside a savepoint of the transaction that
keeps the memory. What the database ended by itself (a deadlock) is done again.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from psycopg import errors as database_errors

from formcase.casesystem.errors import Problem, Refusal, invalid
from formcase.casesystem.exchange import Answer, Request, refusal_answer
from formcase.casesystem.numbers import Numbers, case_series
from formcase.casesystem.paths import entity_at
from formcase.casesystem.reference import NUMBER_MASK
from formcase.casesystem.repeatability import (
    ACCEPTED,
    Remembered,
    Repeatable,
    is_remembered,
    remember,
    remembered,
    repeatable,
    wait_turn,
)
from formcase.casesystem.service import Session, write
from formcase.casesystem.work import Work

_TRIES = 4
_AGAIN = (database_errors.DeadlockDetected, database_errors.SerializationFailure, database_errors.ForeignKeyViolation)


@dataclass(frozen=True, slots=True)
class Part:
    """A write, with the Content-ID under which later parts refer to it."""

    request: Request
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer for each part, or one refusal of all and the position of the part that it is about."""

    answers: tuple[Answer, ...]
    refused_position: int | None = None


class _PartRefused(Exception):
    def __init__(self, refusal: Refusal, position: int) -> None:
        super().__init__(position)
        self.refusal = refusal
        self.position = position


def carry_out(session: Session, parts: Sequence[Part]) -> Outcome:
    """All of the parts, or none of them."""
    requests: list[Repeatable | None] = []
    work = session.work()
    for position, part in enumerate(parts):
        try:
            requests.append(repeatable(part.request, work.now))
        except Refusal as refusal:
            return Outcome((refusal_answer(refusal),), position)
    for _attempt in range(_TRIES):
        try:
            return _once(session, parts, requests)
        except (OperationalError, IntegrityError) as error:
            if not isinstance(error.__cause__, _AGAIN):
                raise
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - spreads tries, hides nothing
    message = _("Others change the same things at this moment.")
    busy = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, Problem("Busy", message), headers={"Retry-After": "1"})
    return Outcome((refusal_answer(busy),), 0)


def _once(session: Session, parts: Sequence[Part], requests: Sequence[Repeatable | None]) -> Outcome:
    account = session.actor.account
    numbers = Numbers()
    try:
        numbers.reserve(_case_series(session, parts))
        with transaction.atomic():
            wait_turn(account, requests)
            if (before := remembered(account, requests)) is not None:
                return _repeated(before)
            outcome = _done(session, parts, numbers)
            answer = outcome.answers[0] if outcome.answers else None
            if outcome.refused_position is None or (answer is not None and is_remembered(answer.status)):
                remember(account, requests, outcome.answers, outcome.refused_position)
    except Refusal as refusal:
        return Outcome((refusal_answer(refusal),), 0)
    return _accepted(outcome, requests)


def _done(session: Session, parts: Sequence[Part], numbers: Numbers) -> Outcome:
    work = session.work()
    work.numbers = numbers
    try:
        with transaction.atomic():
            answers = tuple(_one(work, part, position) for position, part in enumerate(parts))
            work.finish()
            return Outcome(answers)
    except _PartRefused as refused:
        return Outcome((refusal_answer(refused.refusal),), refused.position)


def _one(work: Work, part: Part, position: int) -> Answer:
    try:
        request = part.request
        if request.path.startswith("$"):
            request = Request(request.method, work.resolve(request.path), request.query, request.headers, request.body)
        answer = write(work, request)
    except Refusal as refusal:
        raise _PartRefused(refusal, position) from refusal
    except DataError as error:
        raise _PartRefused(invalid("InvalidValue", _("A value does not fit into the database.")), position) from error
    if part.content_id is not None and answer.reference is not None:
        work.references[part.content_id] = answer.reference
    return answer


def _repeated(before: Remembered) -> Outcome:
    answers = before.answers if before.refused_position is None else before.answers[:1]
    marked = tuple(Answer(answer.status, {**answer.headers, **ACCEPTED}, answer.body) for answer in answers)
    return Outcome(marked, before.refused_position)


def _accepted(outcome: Outcome, requests: Sequence[Repeatable | None]) -> Outcome:
    def marked(answer: Answer, request: Repeatable | None) -> Answer:
        if request is None:
            return answer
        return Answer(answer.status, {**answer.headers, **ACCEPTED}, answer.body, answer.reference)

    if outcome.refused_position is not None:
        refused = marked(outcome.answers[0], requests[outcome.refused_position])
        return Outcome((refused,), outcome.refused_position)
    return Outcome(tuple(marked(*pair) for pair in zip(outcome.answers, requests, strict=True)))


def _case_series(session: Session, parts: Sequence[Part]) -> list[str]:
    """The series of numbers that the new cases will need. What can't be told yet is left to the work itself."""
    today = session.work().today
    series = []
    for part in parts:
        if part.request.method == "POST" and part.request.path.strip("/") == "Files":
            key = _case_group(session, part.request)
            group = session.reference.code("FileClasses", key) if key is not None else None
            if group is not None:
                series.append(case_series(group, today, session.reference.settings.get(NUMBER_MASK)))
    return series


def _case_group(session: Session, request: Request) -> str | None:
    try:
        body = request.json()
        if isinstance(bound := body.get("FileClass@odata.bind"), str):
            return entity_at(bound, session.root_path)[1]
    except Refusal:
        return None
    given = body.get("FileClass_Value")
    return given if isinstance(given, str) else None
