"""What an answer of the case system means for a submission: each status and error code in its class of outcome.

The table is that of docs/developer/outcomes.md. Broken connections are not here but where they happen (`transport`).
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from formcase.messages import NOTHING, Message, message
from formcase.outcomes import (
    DocumentUnavailable,
    Outcome,
    Outdated,
    Passing,
    ReferenceRowExists,
    Refused,
    RepeatabilityExpired,
    Setup,
    Unknown,
)
from formcase.planning.plan import AddDocument, AddReference, CreateContact, Operation, Plan
from formcase.targets.workzone.answer import Answer, inner, objects, text

LONGEST_WAIT = timedelta(hours=1)
_TEMPORARY = frozenset({408, 425, 429})
_PERMANENT = frozenset({400, 403, 404, 409, 410, 413, 414, 415, 422, 431})
_MAYBE_COMMITTED = frozenset({500, 502, 504})
_LONGEST_REASON = 2000
_LONGEST_NAME = 200
_MOST_DETAILS = 10


@dataclass(frozen=True, slots=True)
class Said:
    """An OData error: its code and target, None where not given, and its own words, those of its details included."""

    code: str | None = None
    target: str | None = None
    reason: str = ""


def said(answer: Answer) -> Said:
    """The error that an answer holds; an empty one where it holds none."""
    error = inner(answer.json() or {}, "error")
    if error is None:
        return Said()
    details = (objects(error, "details") or ())[:_MOST_DETAILS]
    target = text(error, "target") or next((found for detail in details if (found := text(detail, "target"))), None)
    words = [text(part, "message") for part in (error, *details)]
    code = text(error, "code")
    return Said(
        code=code[:_LONGEST_NAME] if code else None,
        target=target[:_LONGEST_NAME] if target else None,
        reason="; ".join(dict.fromkeys(word.strip() for word in words if word and word.strip()))[:_LONGEST_REASON],
    )


def temporary(tried: Message, answer: Answer) -> Passing | None:
    """The outcome where the answer says that it will work later; else None."""
    if answer.status not in _TEMPORARY and answer.status < 500:
        return None
    return Passing(tried, _answered(answer), retry_after=retry_after(answer))


def retry_after(answer: Answer, now: datetime | None = None) -> timedelta | None:
    """How long the other side asks to be left alone, an hour at most; None where it does not ask, or unreadably."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=min(int(value[:9]), 10**6)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = (until - (now or datetime.now(UTC))).total_seconds()
    return min(timedelta(seconds=max(math.ceil(wait), 0)), LONGEST_WAIT)


def refused_read(tried: Message, answer: Answer, *, as_user: bool) -> Outcome:
    """What a refused question means. Asked as the account, a refusal is the setup's fault; as the executing user it
    is a matter of this submission."""
    general = _setup(tried, answer) or temporary(tried, answer)
    if general is not None:
        return general
    if as_user and answer.status in _PERMANENT:
        return _refused(tried, answer, told=_answered(answer))
    return Setup(
        tried, _answered(answer), message("Check the address of the case system and what its account may read.")
    )


def refused_upload(tried: Message, answer: Answer) -> Outcome:
    """What a refused upload means. Nothing refers to it yet, so doubt does no harm."""
    return _setup(tried, answer) or temporary(tried, answer) or _permanent(tried, answer, None)


def refused_batch(tried: Message, answer: Answer) -> Outcome:
    """What it means that the batch as a whole was refused."""
    if answer.status in _MAYBE_COMMITTED:
        return Unknown(tried, _answered(answer))
    return _setup(tried, answer) or temporary(tried, answer) or _permanent(tried, answer, None)


def refused_change(tried: Message, answer: Answer, plan: Plan, part: int | None) -> Outcome:
    """What it means that the change set was refused, because of this part where the case system said which."""
    general = _setup(tried, answer) or temporary(tried, answer)
    if general is not None:
        return general
    error = said(answer)
    if answer.status == 412:
        return _precondition(tried, answer, error, part)
    if answer.status == 409:
        conflict = _conflict(tried, answer, plan, part)
        if conflict is not None:
            return conflict
    if _is_lost_document(answer, error, _operation(plan, part)):
        return DocumentUnavailable(tried, _answered(answer))
    return _permanent(tried, answer, part)


def _precondition(tried: Message, answer: Answer, error: Said, part: int | None) -> Outcome:
    if error.code == "RepeatabilityExpired" or answer.headers.get("repeatability-result") == "rejected":
        return RepeatabilityExpired(tried, _answered(answer))
    return _outdated(tried, answer, error, part)


def _operation(plan: Plan, part: int | None) -> Operation | None:
    return plan.operations[part] if part is not None else None


def _conflict(tried: Message, answer: Answer, plan: Plan, part: int | None) -> Outcome | None:
    error, operation = said(answer), _operation(plan, part)
    if error.code == "DocumentTaken":
        return DocumentUnavailable(tried, _answered(answer))
    if isinstance(operation, AddReference):
        return ReferenceRowExists(tried, _answered(answer))
    if error.code != "KeyExists":
        return None
    if isinstance(operation, CreateContact):
        return _outdated(tried, answer, error, part)
    if operation is not None:
        return None
    makes_contacts = any(isinstance(each, CreateContact) for each in plan.operations)
    if makes_contacts and not (error.target or "").startswith(("Info", "CustomLabel", "File")):
        return _outdated(tried, answer, error, part)
    return ReferenceRowExists(tried, _answered(answer))


def _is_lost_document(answer: Answer, error: Said, operation: Operation | None) -> bool:
    binds = operation is None or isinstance(operation, AddDocument)
    target = (error.target or "").rpartition("/")[2]
    return binds and answer.status in {400, 404, 410} and target in {"Document@odata.bind", "Document"}


def _setup(tried: Message, answer: Answer) -> Setup | None:
    if 300 <= answer.status < 400:
        return Setup(
            tried,
            message("It answered {status}, a redirect, which is not followed.", status=answer.status),
            message("Give the case system's own address."),
        )
    if answer.status == 403 and said(answer).code == "ImpersonationRefused":
        return Setup(
            tried,
            _answered(answer),
            message("Let the account act for others at the case system, and check that the executing user exists."),
        )
    if answer.status in {401, 407}:
        return Setup(tried, _answered(answer), message("Check the account that reaches the case system."))
    return None


def _permanent(tried: Message, answer: Answer, part: int | None) -> Outcome:
    if answer.status == 412:
        return _outdated(tried, answer, said(answer), part)
    if answer.status in _PERMANENT:
        return _refused(tried, answer, part)
    return Setup(tried, _answered(answer), message("Check that the address leads to a case system."))


def _refused(tried: Message, answer: Answer, part: int | None = None, told: Message | None = None) -> Refused:
    error = said(answer)
    return Refused(
        tried,
        told or _status(answer),
        _REMEDIES.get(answer.status, NOTHING),
        status=answer.status,
        code=error.code,
        target=error.target,
        part=part,
        reason=error.reason,
    )


def _outdated(tried: Message, answer: Answer, error: Said, part: int | None) -> Outdated:
    return Outdated(
        tried,
        _status(answer),
        status=answer.status,
        code=error.code,
        target=error.target,
        part=part,
        reason=error.reason,
    )


_REMEDIES = {
    403: message("Give the executing user the right to do this at the case system."),
    413: message("Let the case system take files of this size, or the form ask for smaller ones."),
}


def _answered(answer: Answer) -> Message:
    """Status, code and the case system's own words, which may quote a form."""
    reason = said(answer).reason
    if not reason:
        return _status(answer)
    return message("{answer} {reason}", hidden=("reason",), answer=_status(answer), reason=reason)


def _status(answer: Answer) -> Message:
    code = said(answer).code
    if code:
        return message("It answered {status} {code}.", status=answer.status, code=code)
    return message("It answered {status}.", status=answer.status)
