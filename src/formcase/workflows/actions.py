"""What people do with submissions, one or many: try again now, file error cases again, say that one was handled by
hand, send one to an error case. What can't be done with one says why, and the others go on.

Each submission is locked, judged by its state, and logged and audited for itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from formcase.audit.recording import Object, Values
from formcase.audit.recording import record as record_audit
from formcase.filing.journal import State
from formcase.messages import Message, message
from formcase.planning.plan import PlanKind
from formcase.workflows import causes
from formcase.workflows.contents import keep_reason, keep_wanted_error_case
from formcase.workflows.logbook import entry_by_hand
from formcase.workflows.managing import file_now
from formcase.workflows.models import ErrorCause, LogEntry, ServiceWorkflow, SubmissionRecord
from formcase.workflows.submissions import PROBE, SHOWN_TEXT, NotPossible

Actor = HttpRequest | str  # the request of who does it, or a name such as “command line”
AT_ONCE = 200  # of which one transaction takes care
NUDGED = 20  # whose jobs are made at once; those of the others are made by the workers' sweep within seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one submission. text: what happens now, or why it can't be done."""

    key: int
    reference_id: str
    done: bool
    text: Message


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of each, in the order of their keys; those that are not there any more are left out."""

    each: tuple[Answer, ...]

    @property
    def done(self) -> int:
        """With how many it was done."""
        return sum(answer.done for answer in self.each)

    @property
    def refused(self) -> tuple[Answer, ...]:
        """Those with which it can't be done."""
        return tuple(answer for answer in self.each if not answer.done)


def try_again(keys: Sequence[int], by: Actor) -> Answers:
    """Try these again now; error cases are filed again."""
    return _each(keys, by, _Action("submission tried again", "retried", _take_up))


def file_again(keys: Sequence[int], by: Actor) -> Answers:
    """File these error cases again; others are left as they are."""
    return _each(keys, by, _Action("error case filed again", "filed again", _take_up_error_case))


def file_group_again(cause: int, by: Actor, form_id: str = "") -> Answers:
    """File all error cases of a cause again, or those of one form."""
    return file_again(list(causes.submissions_of(cause, form_id).order_by("pk").values_list("pk", flat=True)), by)


def handled_by_hand(keys: Sequence[int], case_number: str, reason: str, by: Actor) -> Answers:
    """Say that a person has filed these, in this case: nothing more happens with them by themselves. Error cases may
    be taken care of so, too."""
    number = case_number.strip()

    def take_over(locked: SubmissionRecord) -> _Done:
        return _take_over(locked, number, reason.strip())

    return _each(keys, by, _Action("submission handled by hand", "handled by hand", take_over, {"case": number}))


def send_to_error_case(keys: Sequence[int], reason: str, by: Actor) -> Answers:
    """Make error cases of these at the next try, which is now, whatever their forms' mappings say."""

    def send(locked: SubmissionRecord) -> _Done:
        return _send(locked, reason.strip())

    return _each(keys, by, _Action("submission sent to error case", "sent to error case", send))


@dataclass(frozen=True, slots=True)
class _Done:
    """said: to the person; logged: in the workflow log."""

    said: Message
    logged: Message
    nudge: bool = True


@dataclass(frozen=True, slots=True)
class _Action:
    """One kind of action. change: sets the record's fields, or raises `NotPossible`."""

    audited: str
    event: str
    change: Callable[[SubmissionRecord], _Done]
    after: Values | None = None


_FIELDS = (
    "state", "attempt", "attempt_open", "due_at", "tries", "unreadable_tries", "passing_since", "reason", "filed",
    "error_case", "to_error_case", "handled_case", "ended_at", "data_key", "content_removed_at", "sealed_reason",
    "sealed_filed", "sealed_error_case", "sealed_to_error_case", "look_first", "intent",
)  # fmt: skip


def _each(keys: Sequence[int], by: Actor, action: _Action) -> Answers:
    answers: list[Answer] = []
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_ONCE):
        answers += _some(wanted[start : start + AT_ONCE], by, action)
    return Answers(tuple(answers))


@transaction.atomic
def _some(keys: Sequence[int], by: Actor, action: _Action) -> Iterator[Answer]:
    """Lock, change, log and audit; then let workers know."""
    answers, changed, entries, nudged = [], [], [], []
    for locked in _locked(keys):
        before = {"state": locked.state}
        try:
            done = action.change(locked)
        except NotPossible as not_possible:
            answers.append(Answer(locked.pk, locked.reference_id, done=False, text=not_possible.reason))
            continue
        answers.append(Answer(locked.pk, locked.reference_id, done=True, text=done.said))
        changed.append(locked)
        entries.append(entry_by_hand(locked, action.event, done.logged, _name(by)))
        record_audit(by, action.audited, _about(locked), before, action.after)
        if done.nudge:
            nudged.append(locked)
    SubmissionRecord.objects.bulk_update(changed, _FIELDS)
    LogEntry.objects.bulk_create(entries)
    _nudge(nudged)
    return iter(answers)


def _nudge(changed: Sequence[SubmissionRecord]) -> None:
    for locked in changed:
        # behind a blocked workflow it is the one that tries for all
        if locked.workflow.blocked_since is not None:
            ServiceWorkflow.objects.filter(pk=locked.workflow_id).exclude(blocked_since=None).update(
                probe_submission=locked.pk, probe_due=timezone.now() + PROBE
            )
    for locked in changed[:NUDGED]:
        file_now(locked.pk)


def _locked(keys: Sequence[int]) -> QuerySet[SubmissionRecord]:
    """The records as they are now, held until the transaction ends; their workflows are not held."""
    records = SubmissionRecord.objects.select_for_update(of=("self",), no_key=True).select_related("workflow")
    return records.defer("sealed_plan").filter(pk__in=keys).order_by("pk")


def _take_up(locked: SubmissionRecord) -> _Done:
    _demand_enabled(locked)
    state = State(locked.state)
    if _is_error_case(locked):
        return _take_up_error_case(locked)
    if state in (State.WAITING, State.BLOCKED, State.FILED):
        said = message("It is tried again now.")
    elif state is State.WITHDRAWN:
        said = message("It was withdrawn; the form service is asked again.")
        locked.ended_at = None
    else:
        raise NotPossible(message("It is {state} already: there is nothing to try again.", state=SHOWN_TEXT[state]))
    _due_now(locked)
    return _Done(said, message("Tried again by hand"))


def _take_up_error_case(locked: SubmissionRecord) -> _Done:
    _demand_enabled(locked)
    if not _is_error_case(locked):
        raise NotPossible(_why_no_error_case(locked))
    locked.error_case, locked.sealed_error_case = locked.filed, locked.sealed_filed
    locked.filed = locked.sealed_filed = None
    locked.look_first = True  # a journal that was restored may have forgotten that it was filed again already
    locked.ended_at = None
    _due_now(locked)
    return _Done(message("The error case is filed again."), message("The error case is filed again by hand"))


def _why_no_error_case(locked: SubmissionRecord) -> Message:
    if locked.error_case is not None and not State(locked.state).final:
        return message("It is being filed again already.")
    return message("It is no error case.")


def _take_over(locked: SubmissionRecord, case_number: str, reason: str) -> _Done:
    state = State(locked.state)
    if state.final and not _is_error_case(locked):
        raise NotPossible(message("It is {state} already.", state=SHOWN_TEXT[state]))
    if locked.attempt_open and locked.sent_at is not None:
        raise NotPossible(message("It is being filed at this moment. Look again in a minute."))
    if not case_number:
        raise NotPossible(message("Say in which case it was handled."))
    locked.attempt += 1  # whoever files it just now is fenced off
    locked.attempt_open = False
    locked.intent = None  # nothing is about to be written any more
    locked.due_at = None
    locked.state = State.HANDLED.value
    locked.ended_at = locked.ended_at or timezone.now()
    locked.handled_case = case_number[:200]
    done = message("Handled by hand in case {case}", case=case_number)
    told = message("Handled by hand in case {case}: {reason}", case=case_number, reason=reason, hidden=("reason",))
    keep_reason(locked, told if reason else done)
    ErrorCause.objects.filter(submission=locked, mended_at=None).update(mended_at=timezone.now())
    return _Done(message("Handled by hand in case {case}.", case=case_number), done, nudge=False)


def _send(locked: SubmissionRecord, reason: str) -> _Done:
    _demand_enabled(locked)
    state = State(locked.state)
    if _is_error_case(locked):
        raise NotPossible(message("It is an error case already."))
    if state not in (State.WAITING, State.BLOCKED):
        raise NotPossible(message("It is {state} already.", state=SHOWN_TEXT[state]))
    wanted = message("A person has asked for an error case.")
    told = message("A person has asked for an error case: {why}", why=reason, hidden=("why",))
    keep_wanted_error_case(locked, told if reason else wanted)
    _due_now(locked)
    return _Done(message("An error case is made of it now."), message("Sent to an error case by hand"))


def _demand_enabled(locked: SubmissionRecord) -> None:
    if not locked.workflow.enabled:
        raise NotPossible(message("Its workflow is disabled. Enable it first."))


def _is_error_case(locked: SubmissionRecord) -> bool:
    return State(locked.state) is State.IMPORTED and locked.filed_kind == PlanKind.ERROR_CASE.value


def _due_now(locked: SubmissionRecord) -> None:
    locked.state = State.FILED.value if locked.state == State.FILED.value else State.WAITING.value
    locked.due_at = timezone.now()
    locked.tries = 0
    locked.unreadable_tries = 0
    locked.passing_since = None


def _about(record: SubmissionRecord) -> Object:
    return Object("submission", str(record.pk), record.reference_id)


def _name(by: Actor) -> str:
    return by if isinstance(by, str) else by.user.get_username()
