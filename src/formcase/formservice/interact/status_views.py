"""What a client says of a submission: Delivered, Temporary blocked, Imported."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import NoReturn

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from formcase.formservice.interact.access import Caller, caller
from formcase.formservice.interact.answers import without_content
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.problems import ProblemError, malformed, not_found
from formcase.formservice.interact.threads import in_database
from formcase.formservice.lexical import read_instant
from formcase.formservice.models import Status, StatusEntry, Submission

_LONGEST_MESSAGE = 4000
_LONGEST_CASE_NUMBER = 255
_LONGEST_ADDRESS = 2048
_SAYABLE = (Status.DELIVERED, Status.TEMPORARY_BLOCKED, Status.IMPORTED)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, checked."""

    status: Status
    message: str | None
    cases: list[dict[str, str | None]]
    at: datetime


async def status(request: HttpRequest, submission_id: str) -> HttpResponse:
    """`PUT …/submissions/{id}/status`."""
    client = await caller(request)
    said = _read(request.body)
    submission = await in_database(_record, submission_id, client, said)
    notes_of(request).about(submission.form_id, submission.reference_id)
    return without_content(HTTPStatus.NO_CONTENT)


def _read(body: bytes) -> Said:
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise malformed("The body is no JSON in UTF-8.") from None
    if not isinstance(document, Mapping):
        raise malformed("The body must be a JSON object.")
    missing = [key for key in ("status", "message", "cases", "at") if key not in document]
    if missing:
        raise malformed(f"All four keys must stand; missing: {', '.join(missing)}.")
    said = _status(document["status"])
    cases = _cases(document["cases"])
    if said == Status.IMPORTED and not cases:
        raise malformed("cases: Imported names at least one case.")
    return Said(said, _message(document["message"]), cases, _at(document["at"]))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _status(value: object) -> Status:
    if value not in [status.value for status in _SAYABLE]:
        raise malformed(f"status: one of {', '.join(_SAYABLE)} was expected.")
    return Status(value)


def _message(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_MESSAGE or "\0" in value:
        raise malformed(f"message: null or a text of at most {_LONGEST_MESSAGE} characters was expected.")
    return value


def _cases(value: object) -> list[dict[str, str | None]]:
    if not isinstance(value, list):
        raise malformed("cases: a list was expected.")
    return [_case(entry, f"cases[{number}]") for number, entry in enumerate(value)]


def _case(entry: object, place: str) -> dict[str, str | None]:
    if not isinstance(entry, Mapping):
        raise malformed(f"{place}: an object with caseNumber and url was expected.")
    number, address = entry.get("caseNumber"), entry.get("url")
    if not isinstance(number, str) or not number.strip() or len(number) > _LONGEST_CASE_NUMBER or "\0" in number:
        raise malformed(f"{place}.caseNumber: a text of at most {_LONGEST_CASE_NUMBER} characters was expected.")
    if address is not None and not _is_address(address):
        raise malformed(f"{place}.url: null or an http(s) address was expected.")
    return {"caseNumber": number, "url": address}


def _is_address(value: object) -> bool:
    # it becomes a link on a page, so no other scheme may come in
    fits = isinstance(value, str) and len(value) <= _LONGEST_ADDRESS
    return fits and bool(re.fullmatch(r"https?://[^\s\x00-\x1f\x7f]+", str(value), re.IGNORECASE))


def _at(value: object) -> datetime:
    moment = read_instant(value) if isinstance(value, str) else None
    if moment is None:
        raise malformed("at: a time with its offset was expected, as in 2026-11-20T08:41:07Z.")
    return moment


def _record(submission_id: str, client: Caller, said: Said) -> Submission:
    with transaction.atomic():
        submission = _locked(submission_id, client)
        if submission.status == Status.IMPORTED and said.status != Status.IMPORTED:
            raise ProblemError(HTTPStatus.CONFLICT, "The submission is Imported already, and that is final.")
        last = submission.history.order_by("-pk")[0]
        if (last.status, last.message, last.cases) == (said.status, said.message, said.cases):
            return submission
        StatusEntry.objects.create(
            submission=submission, status=said.status, message=said.message, cases=said.cases, at=said.at
        )
        if submission.status != said.status:
            submission.status = said.status
            submission.imported_at = timezone.now() if said.status == Status.IMPORTED else None
            submission.save(update_fields=["status", "imported_at"])
    _log.info("status", submission=submission_id, status=said.status.value)
    return submission


def _locked(submission_id: str, client: Caller) -> Submission:
    # the history is compared and added to under this lock, so that two alike make one entry
    found = Submission.objects.select_for_update().filter(submission_id=submission_id)
    submission = None if "\0" in submission_id else next(iter(found), None)
    if submission is None or not client.may_see(submission.form_id):
        raise not_found("There is no such submission for this client.")
    return submission
