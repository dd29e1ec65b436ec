"""How each service workflow is doing, in figures: for the list of workflows and for the start page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from formcase.messages import Message, from_data, message
from formcase.workflows import figures
from formcase.workflows.figures import Today
from formcase.workflows.managing import living
from formcase.workflows.models import ServiceWorkflow

Figure = str | int | bool | None

# What a workflow's condition can be; the gravest that holds is its condition.
DISABLED, BLOCKED, CANT_WATCH, CHECK_SAYS_NO, SOME_BLOCKED, CHECK_WARNS, WELL, NOT_WATCHED = (
    "disabled", "blocked", "can't watch", "check says no", "some blocked", "check warns", "well", "not watched yet",
)  # fmt: skip
_GRAVEST_FIRST = (BLOCKED, CANT_WATCH, CHECK_SAYS_NO, SOME_BLOCKED, CHECK_WARNS, NOT_WATCHED, WELL, DISABLED)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a workflow is doing: one of the words above, and why, for a person. why: None where the word says it all."""

    word: str
    why: Message | None = None

    @property
    def calls(self) -> bool:
        """Whether a person should look at it."""
        return self.word in (BLOCKED, CANT_WATCH, CHECK_SAYS_NO, SOME_BLOCKED, CHECK_WARNS)


@dataclass(frozen=True, slots=True)
class WorkflowNow:
    """A workflow, how it is doing, and its counts."""

    workflow: ServiceWorkflow
    condition: Condition
    today: Today

    @property
    def imported(self) -> int:
        """What was reported as Imported today, error cases included."""
        return self.today.imported + self.today.error_cases


def all_now() -> list[WorkflowNow]:
    """All workflows that were not deleted, oldest first; their counts in one query."""
    today = figures.today()
    return [_now(workflow, today.get(workflow.pk, Today())) for workflow in living()]


def now(workflow: ServiceWorkflow) -> WorkflowNow:
    """How one workflow is doing."""
    return _now(workflow, figures.today().get(workflow.pk, Today()))


def gravest_first(found: list[WorkflowNow]) -> list[WorkflowNow]:
    """Those that need somebody before those that are well, and these before the disabled ones."""
    return sorted(found, key=lambda one: _GRAVEST_FIRST.index(one.condition.word))


def rows() -> list[dict[str, Figure]]:
    """The lines of all workflows that were not deleted, for machines, oldest first."""
    return [_row(one) for one in all_now()]


def row(workflow: ServiceWorkflow) -> dict[str, Figure]:
    """One workflow's line, for machines."""
    return _row(now(workflow))


def condition(workflow: ServiceWorkflow, *, blocked: int) -> Condition:
    """Whether all is well, and what is wrong where it is not. blocked: how many of its submissions are."""
    if not workflow.enabled:
        return Condition(DISABLED)
    if workflow.blocked_since is not None:
        return Condition(BLOCKED, _message(workflow.blocked_reason))
    if workflow.watch_problem is not None:
        return Condition(CANT_WATCH, _message(workflow.watch_problem))
    if workflow.check_problem is not None:
        return Condition(CHECK_SAYS_NO, _message(workflow.check_problem))
    if blocked:
        return Condition(SOME_BLOCKED, message("{count} Temporary blocked", count=blocked))
    if workflow.check_warning is not None:
        return Condition(CHECK_WARNS, _message(workflow.check_warning))
    return Condition(WELL if workflow.last_round_at else NOT_WATCHED)


def health(workflow: ServiceWorkflow, *, blocked: int) -> str:
    """The condition in a few English words, for machines and the command line."""
    found = condition(workflow, blocked=blocked)
    if found.word == SOME_BLOCKED:
        return f"{blocked} Temporary blocked"
    return found.word if found.why is None else f"{found.word}: {found.why.text()}"


def _now(workflow: ServiceWorkflow, today: Today) -> WorkflowNow:
    return WorkflowNow(workflow, condition(workflow, blocked=today.blocked), today)


def _row(one: WorkflowNow) -> dict[str, Figure]:
    workflow, today = one.workflow, one.today
    return {
        "id": workflow.pk,
        "name": workflow.name,
        "type": workflow.type,
        "formIds": workflow.form_ids or "all",
        "executingUser": workflow.executing_user,
        "enabled": workflow.enabled,
        "health": health(workflow, blocked=today.blocked),
        "imported": one.imported,
        "errorCases": today.error_cases,
        "blocked": today.blocked,
        "waiting": today.waiting,
        "lastRound": _moment(workflow.last_round_at),
        "nextRound": _moment(workflow.next_round_at),
        "lastCheck": _moment(workflow.last_check_at),
        "nextCheck": _moment(workflow.next_check_at),
    }


def _message(data: object) -> Message | None:
    return from_data(data) if data else None


def _moment(at: datetime | None) -> str | None:
    return None if at is None else timezone.localtime(at).isoformat(timespec="seconds")
