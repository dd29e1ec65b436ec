"""Putting what a workflow carries in force and out of force: publishing the draft, and withdrawing what is in force."""

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Verdict
from formcase.configurator.carried import address, between, changes_since, read_seen, seen
from formcase.configurator.carried_differences import shown_differences
from formcase.configurator.carried_page import CarriedPage, context_of, of_each_kind, show_beside
from formcase.configurator.check_lines import shown
from formcase.configurator.pages.workflows import workflow_of
from formcase.configurator.showing import ask
from formcase.configurator.translating import in_reader_language
from formcase.workflows import versions
from formcase.workflows.checks import check_mapping
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import MAPPING, DraftChanged, Kind, NotPossible


class PublishForm(forms.Form):
    """What the version is for."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What this version is for, such as “Sweden has a case group of its own”."),
        error_messages={"required": gettext_lazy("Say in a comment what this version is for.")},
    )


def publish(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Ask, with what differs and what the checks say; then make the draft a version and put it in force."""
    workflow = workflow_of(key)
    found = versions.draft(workflow, kind)
    if found is None:
        messages.warning(request, gettext("There is no draft that could be published."))
        return redirect(address(kind, workflow))
    form = PublishForm(request.POST or None)
    changed: list[str] = []
    if request.method == "POST" and form.is_valid():
        before = read_seen(request.POST.get("seen", ""))
        try:
            made = versions.publish(
                workflow,
                kind,
                form.cleaned_data["comment"],
                request.user.get_username(),
                seen=versions.stamp_of(before),
            )
        except NotPossible as refused:
            form.add_error(None, in_reader_language(refused.reason))
        except DraftChanged as other:
            changed = changes_since(kind, before, other.now)
            found = other.now or found
        else:
            text = gettext("Version {number} is in force. What waits is tried again with it at once.")
            messages.success(request, text.format(number=made.number))
            return redirect(address(kind, workflow, "versions"))
    in_force = versions.in_force(workflow, kind)
    results = _checks(kind, workflow, found)
    context = context_of(kind, workflow) | {
        "form": form,
        "changed": changed,
        "seen": seen(found),
        "in_force": in_force,
        "shown": shown(results) if results else None,
        "refused": sum(result.verdict is Verdict.NO for result in results),
        "open_submissions": workflow.enabled,
    }
    if in_force is not None:
        context |= shown_differences(kind, in_force, found)
    return show_beside(request, "configurator/carried_publish.html", context, (kind, workflow), gettext("Publish"))


def withdraw(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Take what is in force out of force."""
    workflow = workflow_of(key)
    if request.method == "POST":
        try:
            versions.withdraw(workflow, kind, request.user.get_username())
        except NotPossible as refused:
            messages.warning(request, in_reader_language(refused.reason))
        else:
            messages.success(request, gettext("No version is in force any more."))
        return redirect(address(kind, workflow, "versions"))
    explanations = {
        MAPPING.name: gettext("The forms' own pages WZ_ODATA count again. A form without one then makes error cases."),
    }
    return ask(
        request,
        gettext("Withdraw the version in force?"),
        explanation=explanations.get(kind.name, gettext("The XML is read as the form service hands it out.")),
        action=gettext("Withdraw"),
        back=address(kind, workflow, "versions"),
        dangerous=True,
        between=between(kind, workflow),
    )


def _checks(kind: Kind, workflow: ServiceWorkflow, found: CarriedVersion) -> tuple[CheckResult, ...]:
    return async_to_sync(check_mapping)(workflow, found) if kind is MAPPING else ()


PAGES = of_each_kind(
    CarriedPage("publish", "publish/", publish, gettext_lazy("Publish"), Role.ADMINISTRATOR),
    CarriedPage("withdraw", "withdraw/", withdraw, gettext_lazy("Withdraw"), Role.ADMINISTRATOR),
)
