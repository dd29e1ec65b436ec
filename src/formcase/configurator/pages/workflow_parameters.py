"""Edit parameters: each with its explanation and sample, checked as it is left and all on Save; and what was saved
before, to compare and to restore."""

from collections.abc import Mapping
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.appearance.days import day_of
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import add_errors, between, parts, workflow_of
from formcase.configurator.showing import ask, show
from formcase.configurator.translating import in_reader_language
from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Outcome
from formcase.workflows import choices, managing
from formcase.workflows.meanings import meaning
from formcase.workflows.models import ServiceWorkflow, WorkflowVersion
from formcase.workflows.parameters import (
    BY_NAME,
    PARAMETERS,
    Parameter,
    WrongParameters,
    read_values,
    shown_values,
    warning,
)

_LONGEST_NUMBER = 9  # digits of a version


class ParametersForm(forms.Form):
    """The six parameters in the order of the WorkZone page, then the workflow's other settings."""

    def __init__(self, data: Mapping[str, str] | None, workflow: ServiceWorkflow) -> None:
        super().__init__(data, initial=shown_values(workflow))
        for parameter in PARAMETERS:
            self.fields[parameter.name] = _field(
                parameter, reverse("configurator:workflow_parameter", args=[workflow.pk])
            )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that can be chosen, and what it stands for."""

    value: str
    text: str


def parameters(request: HttpRequest, key: int) -> HttpResponse:
    """Show and save them."""
    workflow = workflow_of(key)
    form = ParametersForm(request.POST if request.method == "POST" else None, workflow)
    if request.method == "POST" and (told := _changed_meanwhile(request, workflow)):
        form.is_valid()
        form.add_error(None, told)
    elif request.method == "POST":
        try:
            saved = managing.change(
                workflow, {name: request.POST.get(name, "") for name in BY_NAME}, by=request.user.get_username()
            )
        except WrongParameters as wrong:
            form.is_valid()
            add_errors(form, wrong)
        else:
            messages.success(request, gettext("Saved as version {number}.").format(number=saved.version))
            return redirect("configurator:workflow_parameters", key)
    context: dict[str, object] = {
        "form": form,
        "workflow": workflow,
        "certificates": [_certificate(stored) for stored in choices.certificates()],
        "fields": [
            (form[parameter.name], _remark(parameter, str(form[parameter.name].value() or "")))
            for parameter in PARAMETERS
        ],
        "parts": parts(workflow, "workflow_parameters"),
    }
    title = gettext("Edit parameters: {name}").format(name=workflow.name)
    return show(request, "configurator/workflow_parameters.html", context, title=title, between=between(workflow))


def parameter(request: HttpRequest, key: int) -> HttpResponse:
    """What there is to say of one parameter as it was just left: its error, a warning, or what it stands for."""
    workflow = workflow_of(key)
    name = next((name for name in BY_NAME if name in request.GET), None)
    if name is None:
        raise Http404
    typed = request.GET[name]
    try:
        read_values({name: typed})
        meant = async_to_sync(meaning)(workflow, name, typed)
    except WrongParameters as wrong:
        return _part(request, name, error=_text(wrong.errors[0].message))
    except Outcome as outcome:
        return _part(
            request, name, remark=_text(message("It can't be looked up now: {reason}", reason=outcome.message()))
        )
    if not meant.is_there:
        return _part(request, name, error=_text(meant.text))
    return _part(request, name, remark=_text(meant.text) or _remark(BY_NAME[name], typed))


def suggestions(request: HttpRequest, key: int, name: str) -> HttpResponse:
    """Values that can be chosen: the forms that the service releases, users of the case system."""
    workflow = workflow_of(key)
    if name not in ("FormIds", "ExecutingUser"):
        raise Http404
    found: list[Suggestion] = []
    problem = ""
    try:
        if name == "FormIds":
            found = [Suggestion(form.id, form.title) for form in async_to_sync(choices.released_forms)(workflow)]
        else:
            codes = async_to_sync(choices.users)(request.GET.get("sought", ""))
            found = [Suggestion(code, text) for code, text in codes]
    except Outcome as outcome:
        problem = _text(outcome.message())
    context = {"suggestions": found, "problem": problem, "name": name, "is_many": name == "FormIds"}
    return render(request, "configurator/parts/suggestions.html", context)


def versions(request: HttpRequest, key: int) -> HttpResponse:
    """What was saved, newest first, each with what it changed."""
    workflow = workflow_of(key)
    saved = list(WorkflowVersion.objects.filter(workflow=workflow).order_by("-version")[:200])
    before = [*saved[1:], None] if saved else []
    rows = [(one, _changes(older, one), older is None) for one, older in zip(saved, before, strict=True)]
    context: dict[str, object] = {"workflow": workflow, "rows": rows, "parts": parts(workflow, "workflow_versions")}
    title = gettext("Versions: {name}").format(name=workflow.name)
    return show(request, "configurator/workflow_versions.html", context, title=title, between=between(workflow))


def restore(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Save an older version's parameters again, as a new version."""
    workflow = workflow_of(key)
    version = get_object_or_404(WorkflowVersion, workflow=workflow, version=number)
    if request.method == "POST":
        try:
            saved = managing.change(workflow, _settings(version), by=request.user.get_username())
        except WrongParameters as wrong:
            for error in wrong.errors:
                messages.error(request, f"{error.name}: {_text(error.message)}")
        else:
            messages.success(request, gettext("Saved as version {number}.").format(number=saved.version))
        return redirect("configurator:workflow_versions", key)
    now = shown_values(workflow)
    changed = [name for name, value in _settings(version).items() if now.get(name) != value]
    return ask(
        request,
        gettext("Restore version {number}?").format(number=number),
        explanation=gettext("It changes: {names}.").format(names=", ".join(changed))
        if changed
        else gettext("It changes nothing."),
        action=gettext("Restore"),
        back=reverse("configurator:workflow_versions", args=[key]),
        between=between(workflow),
        about=workflow,
    )


def _changed_meanwhile(request: HttpRequest, workflow: ServiceWorkflow) -> str:
    """That somebody else has saved other parameters since the page was shown, and which; empty where nobody has."""
    seen = request.POST.get("seen_version", "")
    if not seen.isdecimal() or len(seen) > _LONGEST_NUMBER:
        return ""
    before = WorkflowVersion.objects.filter(workflow=workflow, version=int(seen)).first()
    now = shown_values(workflow)
    changed = [] if before is None else [name for name, value in _settings(before).items() if now.get(name) != value]
    if not changed:
        return ""
    last = WorkflowVersion.objects.filter(workflow=workflow).order_by("-version").first()
    text = gettext(
        "{who} has saved other parameters meanwhile: {names}. Nothing of yours is saved yet. What you typed stands "
        "below; saving it now replaces theirs."
    )
    who = last.saved_by if last is not None else ""
    return text.format(who=who or gettext("Somebody"), names=", ".join(changed))


def _field(parameter: Parameter, address: str) -> forms.CharField:
    attributes = {
        "autocomplete": "off",
        "spellcheck": "false",
        "hx-get": address,
        "hx-trigger": "change",
        "hx-target": f"#remark-{parameter.name}",
        "hx-swap": "innerHTML",
    }
    if parameter.name == "CertificateThumbprint":
        attributes["list"] = f"choices-{parameter.name}"
    help_text = format_html_join(
        " ", "{}", ((parameter.explanation,), (gettext_lazy("Example:"),), (parameter.sample,))
    )
    return forms.CharField(
        label=parameter.name, required=False, help_text=help_text, widget=forms.TextInput(attributes)
    )


def _part(request: HttpRequest, name: str, *, error: str = "", remark: str = "") -> HttpResponse:
    return render(request, "configurator/parts/remark.html", {"name": name, "error": error, "remark": remark})


def _remark(parameter: Parameter, typed: str) -> str:
    try:
        return _text(warning(parameter.name, typed))
    except WrongParameters:
        return ""


def _text(text: Message) -> str:
    return "" if text is NOTHING else in_reader_language(text)


def _certificate(stored: choices.StoredCertificate) -> Suggestion:
    expires = day_of(stored.not_after)
    return Suggestion(stored.sha1, gettext("{holder}, expires {date}").format(holder=stored.holder, date=expires))


def _changes(older: WorkflowVersion | None, newer: WorkflowVersion) -> list[tuple[str, str, str]]:
    before = _settings(older) if older is not None else {}
    changes = [
        (name, before.get(name, ""), value) for name, value in _settings(newer).items() if before.get(name, "") != value
    ]
    if older is not None and older.enabled != newer.enabled:
        changes.append((gettext("Enabled"), _switch(older), _switch(newer)))
    return changes


def _switch(version: WorkflowVersion) -> str:
    return gettext("yes") if version.enabled else gettext("no")


def _settings(version: WorkflowVersion) -> dict[str, str]:
    return {str(name): str(value) for name, value in version.settings.items()}


PAGES = (
    Page(
        "workflow_parameters",
        "workflows/<int:key>/parameters/",
        parameters,
        gettext_lazy("Edit parameters"),
        parent="workflows",
    ),
    Page(
        "workflow_parameter",
        "workflows/<int:key>/parameter/",
        parameter,
        gettext_lazy("Edit parameters"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
        whole=False,
    ),
    Page(
        "workflow_suggestions",
        "workflows/<int:key>/suggestions/<str:name>/",
        suggestions,
        gettext_lazy("Edit parameters"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
        whole=False,
    ),
    Page("workflow_versions", "workflows/<int:key>/versions/", versions, gettext_lazy("Versions"), parent="workflows"),
    Page(
        "workflow_restore",
        "workflows/<int:key>/versions/<int:number>/restore/",
        restore,
        gettext_lazy("Restore"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
)
