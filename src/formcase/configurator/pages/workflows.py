"""Process > Service workflows: the list, and creating, renaming, switching and deleting one."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.appearance.navigation import Link
from formcase.configurator.check_lines import shown
from formcase.configurator.page import Page, Section, signed_in_user
from formcase.configurator.showing import ask, show
from formcase.configurator.translating import in_reader_language
from formcase.workflows import managing, overview
from formcase.workflows.check_runs import run_checks
from formcase.workflows.coverage import split_form_ids
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.overview import WorkflowNow
from formcase.workflows.parameters import WrongParameters, missing

TYPE_NAMES = {"interact": gettext_lazy("Interact connector")}


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the list. form_ids: none where all are taken; why: what is wrong, where something is. links: to its
    pages; deeds: what changes it as a whole, none for who may not."""

    now: WorkflowNow
    type_name: str | Promise
    form_ids: tuple[str, ...]
    why: str
    links: tuple[Link, ...]
    deeds: tuple[Link, ...]


class WorkflowForm(forms.Form):
    """What a service workflow is called, and of which type it is."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As colleagues will look for it, such as “Flag permits”."),
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=list(TYPE_NAMES.items()))
    description = forms.CharField(label=gettext_lazy("Description"), required=False, widget=forms.Textarea({"rows": 3}))


def workflows(request: HttpRequest) -> HttpResponse:
    """The list."""
    may_change = signed_in_user(request).may(Role.ADMINISTRATOR)
    rows = [_row(one, may_change=may_change) for one in overview.all_now()]
    return show(request, "configurator/workflows.html", {"rows": rows})


def create(request: HttpRequest) -> HttpResponse:
    """Create one, disabled; its parameters are next."""
    form = WorkflowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            workflow = managing.create(values["name"], values["type"], {}, values["description"], by=_who(request))
        except WrongParameters as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, gettext("The service workflow is created, disabled. Now set its parameters."))
            return redirect("configurator:workflow_parameters", workflow.pk)
    return show(request, "configurator/workflow_create.html", {"form": form})


def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Name and description, and whether it is enabled."""
    workflow = workflow_of(key)
    first = {"name": workflow.name, "type": workflow.type, "description": workflow.description}
    form = WorkflowForm(request.POST or None, initial=first)
    form.fields["type"].disabled = True
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            managing.describe(workflow, values["name"], values["description"], by=_who(request))
        except WrongParameters as wrong:
            add_errors(form, wrong)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("configurator:workflow_edit", key)
    context: dict[str, object] = {
        "form": form,
        "workflow": workflow,
        "condition": overview.now(workflow).condition,
        "parts": parts(workflow, "workflow_edit"),
    }
    return show(request, "configurator/workflow_edit.html", context, title=workflow.name)


def enable(request: HttpRequest, key: int) -> HttpResponse:
    """Run the checks first and say what is wrong; the person decides."""
    workflow = workflow_of(key)
    if request.method == "POST":
        try:
            managing.enable(workflow, by=_who(request))
        except WrongParameters as wrong:
            for error in wrong.errors:
                messages.error(request, f"{error.name}: {in_reader_language(error.message)}")
            return redirect("configurator:workflow_parameters", key)
        messages.success(request, gettext("“{name}” is enabled.").format(name=workflow.name))
        return redirect("configurator:workflows")
    results = run_checks(workflow, _who(request)).results
    context: dict[str, object] = {
        "workflow": workflow,
        "shown": shown(results),
        "missing": missing(workflow),
        "banner": None,  # the page says it all itself
    }
    return show(
        request,
        "configurator/workflow_enable.html",
        context,
        title=_title(gettext("Enable"), workflow),
        between=between(workflow),
    )


def disable(request: HttpRequest, key: int) -> HttpResponse:
    """Switch it off."""
    workflow = workflow_of(key)
    if request.method == "POST":
        managing.disable(workflow, by=_who(request))
        messages.success(request, gettext("“{name}” is disabled.").format(name=workflow.name))
        return redirect("configurator:workflows")
    return ask(
        request,
        gettext("Disable “{name}”?").format(name=workflow.name),
        explanation=gettext(
            "Nothing is fetched and nothing is filed until it is enabled again. Nothing is lost meanwhile."
        ),
        action=gettext("Disable"),
        back=reverse("configurator:workflow_edit", args=[key]),
        between=between(workflow),
        about=workflow,
    )


def delete(request: HttpRequest, key: int) -> HttpResponse:
    """Delete it, after a question that says what is still open."""
    workflow = workflow_of(key)
    if request.method == "POST":
        managing.delete(workflow, anyway=True, by=_who(request))
        messages.success(request, gettext("“{name}” is deleted.").format(name=workflow.name))
        return redirect("configurator:workflows")
    context: dict[str, object] = {
        "workflow": workflow,
        "fates": managing.fates_of_open(workflow),
        "still_open": managing.open_submissions(workflow),
        "back": reverse("configurator:workflow_edit", args=[key]),
    }
    title = gettext("Delete “{name}”?").format(name=workflow.name)
    return show(request, "configurator/workflow_delete.html", context, title=title, between=between(workflow))


def workflow_of(key: int) -> ServiceWorkflow:
    """The workflow of an address."""
    found = ServiceWorkflow.objects.filter(pk=key, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def parts(workflow: ServiceWorkflow, current: str) -> tuple[Link, ...]:
    """The pages of one workflow."""
    names = (
        ("workflow_edit", gettext("Workflow")),
        ("workflow_parameters", gettext("Edit parameters")),
        ("workflow_mapping", gettext("Mapping")),
        ("workflow_transform", gettext("Transform")),
        ("workflow_dry_run", gettext("Dry run")),
        ("workflow_checks", gettext("Checks")),
        ("workflow_versions", gettext("Versions")),
    )
    return tuple(
        Link(text, reverse(f"configurator:{name}", args=[workflow.pk]), name == current) for name, text in names
    )


def between(workflow: ServiceWorkflow) -> tuple[Link, ...]:
    """The workflow in the breadcrumb of a page below it."""
    return (Link(workflow.name, reverse("configurator:workflow_edit", args=[workflow.pk])),)


def add_errors(form: forms.Form, wrong: WrongParameters) -> None:
    """Put each error at its field; at the top where the form has none of that name."""
    for error in wrong.errors:
        form.add_error(error.name if error.name in form.fields else None, in_reader_language(error.message))


def _row(one: WorkflowNow, *, may_change: bool) -> ListRow:
    workflow, why = one.workflow, one.condition.why
    return ListRow(
        one,
        TYPE_NAMES.get(workflow.type, workflow.type),
        split_form_ids(workflow.form_ids),
        in_reader_language(why, discreet=True) if why is not None else "",
        _row_links(workflow),
        _row_deeds(workflow) if may_change else (),
    )


def _row_deeds(workflow: ServiceWorkflow) -> tuple[Link, ...]:
    switch = ("workflow_disable", gettext("Disable")) if workflow.enabled else ("workflow_enable", gettext("Enable"))
    return _links(workflow, (switch, ("workflow_delete", gettext("Delete"))))


def _row_links(workflow: ServiceWorkflow) -> tuple[Link, ...]:
    """What is wanted most often of it; its other pages are a step away."""
    names = (
        ("workflow_edit", gettext("Edit")),
        ("workflow_parameters", gettext("Edit parameters")),
        ("workflow_mapping", gettext("Mapping")),
        ("workflow_checks", gettext("Checks")),
    )
    log = Link(gettext("Log"), f"{reverse('configurator:workflow_log')}?workflow={workflow.pk}")
    return (*_links(workflow, names), log)


def _links(workflow: ServiceWorkflow, names: tuple[tuple[str, str], ...]) -> tuple[Link, ...]:
    return tuple(Link(text, reverse(f"configurator:{name}", args=[workflow.pk])) for name, text in names)


def _title(what: str, workflow: ServiceWorkflow) -> str:
    return gettext("{what}: {name}").format(what=what, name=workflow.name)


def _who(request: HttpRequest) -> str:
    return request.user.get_username()


PAGES = (
    Page(
        "workflows",
        "workflows/",
        workflows,
        gettext_lazy("Service workflows"),
        section=Section.PROCESS,
        place=10,
    ),
    Page(
        "workflow_create",
        "workflows/create/",
        create,
        gettext_lazy("Create service workflow"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
    Page("workflow_edit", "workflows/<int:key>/", edit, gettext_lazy("Service workflow"), parent="workflows"),
    Page(
        "workflow_enable",
        "workflows/<int:key>/enable/",
        enable,
        gettext_lazy("Enable"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
    Page(
        "workflow_disable",
        "workflows/<int:key>/disable/",
        disable,
        gettext_lazy("Disable"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
    Page(
        "workflow_delete",
        "workflows/<int:key>/delete/",
        delete,
        gettext_lazy("Delete"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
)
