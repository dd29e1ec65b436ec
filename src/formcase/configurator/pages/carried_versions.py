"""The versions of what a workflow carries: all of them, one of them, and what differs between two."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from formcase.configurator.carried import choices_of, key_of, name_of, version_of
from formcase.configurator.carried_differences import shown_differences
from formcase.configurator.carried_page import CarriedPage, context_of, of_each_kind, show_beside
from formcase.configurator.mapping_tree import Node, tree_of
from formcase.configurator.pages.workflows import workflow_of
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.workflows import versions
from formcase.workflows.mapping_choices import CaseSystemChoices
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import MAPPING, Kind


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list. key: what addresses call it."""

    version: CarriedVersion
    key: str
    name: str
    in_force: bool


def list_versions(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """All versions, the draft first, then the newest; two of them are chosen to be compared."""
    workflow = workflow_of(key)
    in_force = versions.in_force(workflow, kind)
    rows = [
        Row(version, key_of(version), name_of(version), version == in_force)
        for version in versions.versions(workflow, kind)
    ]
    context = context_of(kind, workflow) | {"rows": rows, "in_force": in_force}
    return show_beside(request, "configurator/carried_versions.html", context, (kind, workflow), gettext("Versions"))


def show_version(request: HttpRequest, key: int, number: int, kind: Kind) -> HttpResponse:
    """One published version, as its file says it."""
    workflow = workflow_of(key)
    version = version_of(kind, workflow, str(number))
    context = context_of(kind, workflow) | {
        "version": version,
        "in_force": versions.in_force(workflow, kind) == version,
        "nodes": _nodes(version) if kind is MAPPING else None,
    }
    return show_beside(request, "configurator/carried_version.html", context, (kind, workflow), name_of(version))


def compare(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """What differs between two versions: the draft from what is in force, unless said."""
    workflow = workflow_of(key)
    choices = choices_of(kind, workflow)
    known = [name for name, _ in choices]
    first, second = (
        asked if asked in known else usual
        for asked, usual in (
            (request.GET.get("first", ""), _usual(kind, workflow, known)),
            (request.GET.get("second", ""), known[0] if known else ""),
        )
    )
    context = context_of(kind, workflow) | {"choices": choices, "first": first, "second": second}
    if first and second:
        before, after = (version_of(kind, workflow, which) for which in (first, second))
        context |= {"before": name_of(before), "after": name_of(after)} | shown_differences(kind, before, after)
    return show_beside(request, "configurator/carried_compare.html", context, (kind, workflow), gettext("Compare"))


def _nodes(version: CarriedVersion) -> tuple[Node, ...] | None:
    """The mapping as a tree, without what the case system says of it now; None where it can't be read any more."""
    try:
        return tree_of(versions.read_mapping(version), CaseSystemChoices(), ())
    except UnreadableMapping:
        return None


def _usual(kind: Kind, workflow: ServiceWorkflow, known: list[str]) -> str:
    in_force = versions.in_force(workflow, kind)
    if in_force is not None:
        return key_of(in_force)
    return known[-1] if known else ""


PAGES = of_each_kind(
    CarriedPage("versions", "versions/", list_versions, gettext_lazy("Versions")),
    CarriedPage("version", "versions/<int:number>/", show_version, gettext_lazy("Version")),
    CarriedPage("compare", "compare/", compare, gettext_lazy("Compare")),
)
