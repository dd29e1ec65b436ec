"""Reconciliation: whether every submission is accounted for at the form service, here and at the case system."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.audit.recording import Object, record
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.workflows.models import Finding, Reconciliation, ServiceWorkflow
from formcase.workflows.reconciling import runs
from formcase.workflows.reconciling.judging import TEXTS, Kind

_MOST_SHOWN = 200  # findings of one comparison


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is unaccounted for."""

    finding: Finding
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest comparison of a workflow; problem: why it could not be carried through. more: findings beyond those
    that are shown."""

    run: Reconciliation
    problem: str
    lines: Sequence[Line]
    more: int


def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show the newest comparisons; on POST, have everything compared now."""
    if request.method == "POST":
        ServiceWorkflow.objects.filter(enabled=True, deleted_at=None).update(next_reconciliation_at=timezone.now())
        record(request, "reconciliation asked for", Object("reconciliation"))
        messages.success(request, gettext("Both ends are being compared now. Look again in a while."))
        return redirect("configurator:reconciliation")
    shown = [_shown(run) for run in runs.newest()]
    context: dict[str, object] = {"shown": shown, "standing": runs.standing()}
    return show(request, "configurator/reconciliation.html", context)


def _shown(run: Reconciliation) -> Shown:
    found = run.found.select_related("submission").order_by("id")[:_MOST_SHOWN]
    lines = [Line(finding, _explained(finding.kind)) for finding in found]
    problem = runs.problem_of(run)
    return Shown(run, "" if problem is None else in_reader_language(problem), lines, run.findings - len(lines))


def _explained(kind: str) -> str:
    try:
        return in_reader_language(TEXTS[Kind(kind)])
    except ValueError:  # kept by another version
        return kind


PAGES = (
    Page(
        "reconciliation",
        "reconciliation/",
        reconciliation,
        gettext_lazy("Reconciliation"),
        change=Role.OPERATOR,
        section=Section.PROCESS,
        place=50,
    ),
)
