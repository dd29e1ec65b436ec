"""The content of a submission in the journal: what a person may have written in its form. Sealed where it lies, opened
for those who handle the case, and gone once retention has removed it.

For pages, commands and people's actions; the worker's own steps are in `attempt`, and use the same places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import cast

from formcase.filing.journal import Filed
from formcase.messages import Message, discreet_data, from_data, hides
from formcase.planning.plan import Plan
from formcase.planning.serialisation import plan_from_data
from formcase.workflows.data_keys import DataKey, UnusableKey, current_key, open_key
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.sealing import CantOpen, seal, unseal
from formcase.workflows.stored import filed_from, plan_content, reasons_data, reasons_from

PLAN, REASONS = "plan", "reasons"  # the kinds of what is sealed; reasons may move from one column to another
COLUMNS = ("sealed_plan", "sealed_reason", "sealed_filed", "sealed_error_case", "sealed_to_error_case")


class Missing(Enum):
    """Why content is not there."""

    NEVER = "never"  # nothing was kept, or nothing was hidden
    REMOVED = "removed"  # by retention
    UNREADABLE = "unreadable"  # the key that it was sealed with is not here


@dataclass(frozen=True, slots=True)
class Texts:
    """Reasons as they can be shown now. missing: why they are without what a person wrote, None where they are
    whole."""

    reasons: tuple[Message, ...]
    missing: Missing | None = None


def place(kind: str, submission: int) -> str:
    """Where content belongs, so that it can't be opened anywhere else."""
    return f"{kind} of {submission}"


def plan_of(record: SubmissionRecord) -> Plan | Missing:
    """The last plan. Raises `UnreadablePlan` where it was made by another version."""
    content = _opened(record, "sealed_plan", PLAN)
    if isinstance(content, Missing):
        return content
    return plan_from_data(cast(dict[str, object], cast(Mapping[str, object], content)["plan"]))


def reasons_of(record: SubmissionRecord) -> Texts:
    """Why it is an error case or blocked: with what a person wrote, as far as it is kept."""
    filed = filed_from(cast(Mapping[str, object], record.filed)) if record.filed else None
    if filed is not None and filed.reasons:
        return _whole(record, "sealed_filed", filed.reasons)
    if record.reason is not None:
        return _whole(record, "sealed_reason", (from_data(record.reason),))
    return Texts(())


def keep_plan(record: SubmissionRecord, plan: Plan) -> None:
    """Set the plan, to be saved. Raises `UnusableKey`."""
    record.sealed_plan = _sealed(record, PLAN, plan_content(plan))


def keep_reason(record: SubmissionRecord, reason: Message) -> None:
    """Set why it is as it is, to be saved; without what a person wrote where that can't be sealed now."""
    record.reason = discreet_data(reason)
    record.sealed_reason = _sealed_reasons(record, (reason,))


def keep_wanted_error_case(record: SubmissionRecord, why: Message) -> None:
    """Set why a person wants an error case, to be saved, as `keep_reason` does."""
    record.to_error_case = discreet_data(why)
    record.sealed_to_error_case = _sealed_reasons(record, (why,))


def keep_filed_reasons(record: SubmissionRecord, filed: Filed) -> None:
    """Set the content of what was filed, to be saved, as `keep_reason` does."""
    record.sealed_filed = _sealed_reasons(record, filed.reasons)


def remove(record: SubmissionRecord) -> None:
    """Forget all content, to be saved."""
    for column in COLUMNS:
        setattr(record, column, None)
    record.data_key = None


def _whole(record: SubmissionRecord, column: str, discreet: tuple[Message, ...]) -> Texts:
    content = _opened(record, column, REASONS)
    if not isinstance(content, Missing):
        return Texts(reasons_from(content))
    return Texts(discreet, None if content is Missing.NEVER else content)


def _opened(record: SubmissionRecord, column: str, kind: str) -> object:
    sealed = getattr(record, column)
    if sealed is None:
        return Missing.NEVER if record.content_removed_at is None else Missing.REMOVED
    if record.data_key_id is None:
        return Missing.UNREADABLE
    try:
        return unseal(open_key(record.data_key_id), bytes(sealed), place(kind, record.pk))
    except (UnusableKey, CantOpen):
        return Missing.UNREADABLE


def _sealed_reasons(record: SubmissionRecord, reasons: tuple[Message, ...]) -> bytes | None:
    if not any(map(hides, reasons)):
        return None
    try:
        return _sealed(record, REASONS, reasons_data(reasons))
    except UnusableKey:
        return None  # the discreet text is kept beside it


def _sealed(record: SubmissionRecord, kind: str, content: object) -> bytes:
    key = current_key() if record.data_key_id is None else DataKey(record.data_key_id, open_key(record.data_key_id))
    record.data_key_id = key.id
    record.content_removed_at = None
    return seal(key.key, content, place(kind, record.pk))
