"""What people ask about submissions: which there are, where each is, and what happened to it. What they do with them is
in `actions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import QuerySet

from formcase.filing.journal import Filed, State
from formcase.messages import Message, from_data
from formcase.planning.plan import PlanKind
from formcase.workflows.contents import Missing, Texts, reasons_of
from formcase.workflows.models import UNLISTED, LogEntry, ServiceWorkflow, SubmissionRecord
from formcase.workflows.stored import filed_from

PROBE = timedelta(seconds=60)  # how long one submission tries for all, before another one does

SHOWN = {
    State.WAITING: "Delivered",
    State.FILED: "Delivered",
    State.BLOCKED: "Temporary blocked",
    State.IMPORTED: "Imported",
    State.WITHDRAWN: "Withdrawn",
    State.HANDLED: "Handled by hand",
}
SHOWN_TEXT = {state: Message(shown) for state, shown in SHOWN.items()}  # inside another message, to be translated


class UnknownSubmission(LookupError):
    """No submission has this reference ID or id."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"No submission with the reference ID or id “{reference}” is known here.")
        self.reference = reference


class NotPossible(Exception):
    """What was asked can't be done with a submission in its state. reason says why, and what can be."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text())
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One submission as it is shown. reasons: why it is an error case or blocked. missing: why they are without what
    a person wrote in the form; None where they are whole."""

    key: int
    workflow: str
    reference_id: str
    submission_id: str
    form_id: str
    form_title: str
    form_version: int
    submitted_at: datetime
    recorded_at: datetime
    ended_at: datetime | None
    status: str
    state: State
    attempts: int
    due_at: datetime | None
    cases: tuple[str, ...]
    error_case: bool
    reasons: tuple[Message, ...]
    missing: Missing | None = None

    @property
    def reason(self) -> str:
        """All reasons in one text."""
        return " ".join(reason.text() for reason in self.reasons)

    @property
    def seconds(self) -> float | None:
        """From found to the end; None while it is open."""
        return None if self.ended_at is None else (self.ended_at - self.recorded_at).total_seconds()


def matching(
    workflow: ServiceWorkflow | None = None, status: str | None = None, form_id: str | None = None
) -> QuerySet[SubmissionRecord]:
    """Submissions, newest first. status is one of those that are shown."""
    found = SubmissionRecord.objects.select_related("workflow").defer(*UNLISTED).order_by("-recorded_at", "-id")
    if workflow is not None:
        found = found.filter(workflow=workflow)
    if form_id is not None:
        found = found.filter(form_id=form_id)
    if status is not None:
        found = found.filter(state__in=[state.value for state, shown in SHOWN.items() if shown == status])
    return found


def find(reference: str) -> SubmissionRecord:
    """By reference ID (the one that owns it first) or by the form service's id. Raises `UnknownSubmission`."""
    records = SubmissionRecord.objects.select_related("workflow")
    found = (
        records.filter(reference_id=reference).order_by("-owns_reference", "id").first()
        or records.filter(submission_id=reference).order_by("id").first()
    )
    if found is None:
        raise UnknownSubmission(reference)
    return found


def view(record: SubmissionRecord) -> SubmissionView:
    """A record as listings show it, without anything that a person wrote in its form."""
    filed = _filed(record)
    reasons = filed.reasons if filed is not None else ()
    if record.reason is not None and not reasons:
        reasons = (from_data(record.reason),)
    return _view(record, filed, Texts(reasons))


def whole_view(record: SubmissionRecord) -> SubmissionView:
    """A record as it is shown to whoever looks at this one submission: its reasons may quote the form. Such a look is
    to be recorded (`looking`)."""
    return _view(record, _filed(record), reasons_of(record))


def _view(record: SubmissionRecord, filed: Filed | None, texts: Texts) -> SubmissionView:
    return SubmissionView(
        key=record.pk,
        workflow=record.workflow.name,
        reference_id=record.reference_id,
        submission_id=record.submission_id,
        form_id=record.form_id,
        form_title=record.form_title,
        form_version=record.form_version,
        submitted_at=record.submitted_at,
        recorded_at=record.recorded_at,
        ended_at=record.ended_at,
        status=SHOWN[State(record.state)],
        state=State(record.state),
        attempts=record.attempt,
        due_at=record.due_at,
        cases=tuple(case.number for case in filed.receipt.cases) if filed else (),
        error_case=filed is not None and filed.kind is PlanKind.ERROR_CASE,
        reasons=texts.reasons,
        missing=texts.missing,
    )


def namesakes(record: SubmissionRecord) -> list[str]:
    """The form service's ids of other submissions with the same reference ID, which there should be none of."""
    others = SubmissionRecord.objects.filter(reference_id=record.reference_id).exclude(pk=record.pk)
    return list(others.order_by("id").values_list("submission_id", flat=True))


def timeline(record: SubmissionRecord) -> list[LogEntry]:
    """Everything that happened to a submission, oldest first."""
    return list(LogEntry.objects.filter(submission=record).order_by("id"))


def _filed(record: SubmissionRecord) -> Filed | None:
    return filed_from(cast(Mapping[str, object], record.filed)) if record.filed else None
