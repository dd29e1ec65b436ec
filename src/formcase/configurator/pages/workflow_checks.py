"""The checks of a service workflow: what they said last, form by form, run again on demand, and how it came to that."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from formcase.accounts.roles import Role
from formcase.appearance.navigation import Link
from formcase.configurator.check_lines import REASONS, change_lines, shown
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import between, parts, workflow_of
from formcase.configurator.showing import show
from formcase.workflows import check_history
from formcase.workflows.check_history import KeptRun, PastRun
from formcase.workflows.check_runs import run_checks

MOST_RUNS = 20


def checks(request: HttpRequest, key: int) -> HttpResponse:
    """What the newest run said, and the runs before it; on POST, run them now."""
    workflow = workflow_of(key)
    if request.method == "POST":
        _tell(request, run_checks(workflow, request.user.get_username()))
        return redirect("configurator:workflow_checks", key)
    run = check_history.newest(key)
    context: dict[str, object] = {
        "workflow": workflow,
        "parts": parts(workflow, "workflow_checks"),
        "run": run,
        "history": [_past(past) for past in check_history.history(key, MOST_RUNS)],
        **(_run_context(run) if run is not None else {}),
        "banner": None,  # the page says it all itself
    }
    title = gettext("Checks: {name}").format(name=workflow.name)
    return show(request, "configurator/workflow_checks.html", context, title=title, between=between(workflow))


def check_run(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """What an earlier run said."""
    workflow = workflow_of(key)
    run = check_history.kept_run(key, number)
    if run is None:
        raise Http404
    context = {"workflow": workflow, "parts": parts(workflow, "workflow_checks"), "run": run, **_run_context(run)}
    here = Link(gettext("Checks"), reverse("configurator:workflow_checks", args=[key]))
    title = gettext("An earlier run of the checks")
    between_them = (*between(workflow), here)
    return show(request, "configurator/workflow_check_run.html", context, title=title, between=between_them)


def _run_context(run: KeptRun) -> dict[str, object]:
    changes = change_lines(run.changes)
    return {
        "shown": shown(run.results),
        "reason": REASONS.get(run.why, run.why),
        "changes": [line for line in changes if line.worse or line.mended],
        "quiet_changes": [line for line in changes if not line.worse and not line.mended],
    }


def _past(run: PastRun) -> dict[str, object]:
    return {
        "run": run,
        "reason": REASONS.get(run.why, run.why),
        "verdict": f"check {run.verdict.value}",
        "changes": [line for line in change_lines(run.changes) if line.worse or line.mended],
    }


def _tell(request: HttpRequest, run: KeptRun) -> None:
    """In one sentence; the page has the rest."""
    worse = sum(change.worse for change in run.changes)
    if worse:
        text = ngettext(
            "The checks were run: {count} is worse than before.",
            "The checks were run: {count} are worse than before.",
            worse,
        )
        messages.warning(request, text.format(count=worse))
    else:
        messages.success(request, gettext("The checks were run; none is worse than before."))


PAGES = (
    Page(
        "workflow_checks",
        "workflows/<int:key>/checks/",
        checks,
        gettext_lazy("Checks"),
        change=Role.OPERATOR,
        parent="workflows",
    ),
    Page(
        "workflow_check_run",
        "workflows/<int:key>/checks/<int:number>/",
        check_run,
        gettext_lazy("An earlier run of the checks"),
        parent="workflows",
    ),
)
