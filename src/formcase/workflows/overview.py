"""How each service workflow is doing, in figures: for the list of workflows and for the start page."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from formcase.filing.journal import State
from formcase.messages import from_data
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord

Figure = str | int | bool | None


def row(workflow: ServiceWorkflow) -> dict[str, Figure]:
    """One workflow's line."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = SubmissionRecord.objects.filter(workflow=workflow).aggregate(
        imported=Count("pk", filter=Q(state=State.IMPORTED.value, ended_at__gte=today)),
        error_cases=Count("pk", filter=Q(state=State.IMPORTED.value, ended_at__gte=today, filed__kind="error case")),
        blocked=Count("pk", filter=Q(state=State.BLOCKED.value)),
        waiting=Count("pk", filter=Q(state__in=[State.WAITING.value, State.FILED.value])),
    )
    return {
        "id": workflow.pk,
        "name": workflow.name,
        "type": workflow.type,
        "formIds": workflow.form_ids or "all",
        "executingUser": workflow.executing_user,
        "enabled": workflow.enabled,
        "health": health(workflow, blocked=counts["blocked"]),
        "imported": counts["imported"],
        "errorCases": counts["error_cases"],
        "blocked": counts["blocked"],
        "waiting": counts["waiting"],
        "lastRound": _moment(workflow.last_round_at),
        "nextRound": _moment(workflow.next_round_at),
    }


def health(workflow: ServiceWorkflow, *, blocked: int) -> str:
    """In a few words whether all is well, and what is wrong where it is not."""
    if not workflow.enabled:
        return "disabled"
    if workflow.blocked_since is not None:
        return f"blocked: {_text(workflow.blocked_reason)}"
    if workflow.watch_problem is not None:
        return f"can't watch: {_text(workflow.watch_problem)}"
    if blocked:
        return f"{blocked} Temporary blocked"
    return "well" if workflow.last_round_at else "not watched yet"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else timezone.localtime(at).isoformat(timespec="seconds")


def _text(data: object) -> str:
    return from_data(data).text() if data else ""
