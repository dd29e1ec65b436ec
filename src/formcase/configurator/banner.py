"""What every page of a service workflow says first while something is wrong with it."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext

from formcase.configurator.statuses import Status, status_of
from formcase.configurator.translating import in_reader_language
from formcase.workflows import overview
from formcase.workflows.models import ServiceWorkflow

_GRAVE = (overview.BLOCKED, overview.CANT_WATCH, overview.CHECK_SAYS_NO)


@dataclass(frozen=True, slots=True)
class Banner:
    """What is wrong, and which page says more: the checks, or the submissions that are blocked. look: of an alert."""

    status: Status
    text: str
    look: str
    page: str


def banner_of(workflow: ServiceWorkflow) -> Banner | None:
    """What is wrong with this workflow; None where it is well, or disabled."""
    if not workflow.enabled or workflow.deleted_at is not None:
        return None
    condition = overview.now(workflow).condition
    if not condition.calls:
        return None
    why = (
        capfirst(in_reader_language(condition.why, discreet=True)) if condition.why is not None else gettext("Blocked")
    )
    is_grave = condition.word in _GRAVE
    page = "submissions" if condition.word == overview.SOME_BLOCKED else "checks"
    return Banner(status_of(condition.word), why, "error" if is_grave else "warning", page)
