"""What people ask about submissions, and what they do with one: look, try again, file an error case again, take over
by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from formcase.audit.recording import Object
from formcase.audit.recording import record as record_audit
from formcase.filing.journal import Filed, State
from formcase.messages import Message, as_data, from_data, message
from formcase.planning.plan import PlanKind
from formcase.workflows.managing import file_now
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord
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


class UnknownSubmission(LookupError):
    """No submission has this reference ID or id."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"No submission with the reference ID or id “{reference}” is known here.")


class NotPossible(Exception):
    """What was asked can't be done with a submission in its state. reason says why, and what can be."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text())
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One submission as it is shown. reasons: why it is an error case or blocked; they may quote the form."""

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
    found = SubmissionRecord.objects.select_related("workflow").order_by("-recorded_at", "-id")
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
    """A record as it is shown."""
    filed = _filed(record)
    reasons = filed.reasons if filed is not None else ()
    if record.reason is not None and not reasons:
        reasons = (from_data(record.reason),)
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
        reasons=reasons,
    )


def namesakes(record: SubmissionRecord) -> list[str]:
    """The form service's ids of other submissions with the same reference ID, which there should be none of."""
    others = SubmissionRecord.objects.filter(reference_id=record.reference_id).exclude(pk=record.pk)
    return list(others.order_by("id").values_list("submission_id", flat=True))


def timeline(record: SubmissionRecord) -> list[LogEntry]:
    """Everything that happened to a submission, oldest first."""
    return list(LogEntry.objects.filter(submission=record).order_by("id"))


@transaction.atomic
def retry(record: SubmissionRecord, by: str = "") -> Message:
    """Try again now; an error case is filed again. Says what will happen. Raises `NotPossible`."""
    locked = _locked(record)
    if not locked.workflow.enabled:
        raise NotPossible(message("Its workflow is disabled. Enable it first."))
    state = State(locked.state)
    filed = _filed(locked)
    if state is State.IMPORTED and filed is not None and filed.kind is PlanKind.ERROR_CASE:
        said = message("The error case is filed again.")
        locked.error_case = locked.filed
        locked.filed = None
        locked.ended_at = None
    elif state in (State.WAITING, State.BLOCKED, State.FILED):
        said = message("It is tried again now.")
    elif state is State.WITHDRAWN:
        said = message("It was withdrawn; the form service is asked again.")
        locked.ended_at = None
    else:
        raise NotPossible(message("It is {state} already: there is nothing to try again.", state=SHOWN[state]))
    locked.state = State.FILED.value if state is State.FILED else State.WAITING.value
    locked.due_at = timezone.now()
    locked.tries = 0
    locked.unreadable_tries = 0
    locked.passing_since = None
    locked.save()
    # behind a blocked workflow it is the one that tries for all
    ServiceWorkflow.objects.filter(pk=locked.workflow_id).exclude(blocked_since=None).update(
        probe_submission=locked.pk, probe_due=timezone.now() + PROBE
    )
    _log(locked, "retried", message("Tried again by hand"), by)
    record_audit(by, "submission tried again", _about(locked), before={"state": state.value})
    file_now(locked.pk)
    return said


@transaction.atomic
def take_by_hand(record: SubmissionRecord, case_number: str, reason: str, by: str = "") -> None:
    """A person has filed it: nothing more happens by itself. Raises `NotPossible` where it has ended already."""
    locked = _locked(record)
    if State(locked.state).final:
        raise NotPossible(message("It is {state} already.", state=SHOWN[State(locked.state)]))
    if locked.attempt_open and locked.sent_at is not None:
        raise NotPossible(message("It is being filed at this moment. Look again in a minute."))
    locked.state = State.HANDLED.value
    locked.attempt += 1  # whoever files it just now is fenced off
    locked.attempt_open = False
    locked.due_at = None
    locked.ended_at = timezone.now()
    done = message("Handled by hand in case {case}", case=case_number)
    told = message("Handled by hand in case {case}: {reason}", case=case_number, reason=reason, hidden=("reason",))
    locked.reason = as_data(told if reason.strip() else done)
    locked.save()
    _log(locked, "handled by hand", done, by)
    record_audit(by, "submission handled by hand", _about(locked), after={"case": case_number})


def _locked(record: SubmissionRecord) -> SubmissionRecord:
    """The record as it is now, held until the transaction ends; its workflow is not held."""
    records = SubmissionRecord.objects.select_for_update(of=("self",), no_key=True).select_related("workflow")
    return records.get(pk=record.pk)


def _filed(record: SubmissionRecord) -> Filed | None:
    return filed_from(cast(Mapping[str, object], record.filed)) if record.filed else None


def _about(record: SubmissionRecord) -> Object:
    return Object("submission", str(record.pk), record.reference_id)


def _log(record: SubmissionRecord, event: str, text: Message, by: str) -> None:
    said = message("{text} ({by})", text=text, by=by) if by else text
    LogEntry.objects.create(
        at=timezone.now(),
        workflow_id=record.workflow_id,
        submission=record,
        attempt=record.attempt,
        level="info",
        event=event,
        message=as_data(said),
    )
