"""The error cases by their cause, and filing them again once the cause is mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, ngettext

from formcase.accounts.roles import Role
from formcase.appearance.navigation import Link
from formcase.appearance.paging import slice_of
from formcase.configurator.page import Page, Section
from formcase.configurator.pages.submissions import (
    BY_NAME,
    ORDER,
    Row,
    choose,
    rows_of,
    tell,
    workflow_choices,
)
from formcase.configurator.showing import ask, show
from formcase.configurator.translating import in_reader_language
from formcase.targets.port import CaseReference
from formcase.workflows import actions, causes, group_filing
from formcase.workflows.causes import CauseGroup, FormCount
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.submissions import NotPossible

_MOST_FORMS_SHOWN = 5
_LONGEST_TITLE = 120


class CauseFilter(forms.Form):
    """Of which workflow."""

    workflow = forms.ChoiceField(label=gettext_lazy("Service workflow"), required=False)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        choose(self, "workflow", workflow_choices())


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A cause as the list shows it."""

    group: CauseGroup
    text: str
    forms: tuple[FormCount, ...]
    more_forms: int


@dataclass(frozen=True, slots=True)
class ErrorCaseRow:
    """An error case of a group, with the case that it is."""

    row: Row
    error_cases: tuple[CaseReference, ...]


def error_cases(request: HttpRequest) -> HttpResponse:
    """The causes, those with most error cases first."""
    sought = CauseFilter(request.GET or None)
    asked = sought.cleaned_data["workflow"] if sought.is_bound and sought.is_valid() else ""
    workflow = int(asked) if asked else None
    rows = [_group_row(group) for group in causes.groups(workflow)]
    context = {"filter": sought, "rows": rows, "count": causes.unmended_error_cases(workflow)}
    context |= _underway(None)
    return show(request, "configurator/error_cases.html", context)


def group(request: HttpRequest, cause: int) -> HttpResponse:
    """The error cases of one cause, or those of one form."""
    found = causes.group(cause)
    if found is None:
        messages.info(request, gettext("No error case has this cause any more."))
        return redirect("configurator:error_cases")
    form_id = request.GET.get("form", "")
    part = slice_of(request, causes.submissions_of(cause, form_id), ORDER)
    query = f"?{urlencode({'form': form_id})}" if form_id else ""
    context: dict[str, object] = {
        "group": found,
        "text": _text(found),
        "form_id": form_id,
        "again": reverse("configurator:error_cases_again", args=[cause]) + query,
        "slice": part,
        "rows": _error_case_rows(part.rows),
        "deeds": [BY_NAME["file-again"], BY_NAME["handled"]],
        "here": request.get_full_path(),
        **_underway(cause),
    }
    return show(request, "configurator/error_cases_group.html", context, title=_title(found))


def again(request: HttpRequest, cause: int) -> HttpResponse:
    """File all error cases of a cause again, or those of one form, after a question."""
    found = causes.group(cause)
    if found is None:
        raise Http404
    form_id = (request.POST if request.method == "POST" else request.GET).get("form", "")
    back = reverse("configurator:error_cases_group", args=[cause])
    if request.method == "POST":
        return _filed_again(request, cause, form_id)
    count = causes.submissions_of(cause, form_id).count()
    return ask(
        request,
        ngettext("File {count} error case again?", "File {count} error cases again?", count).format(count=count),
        explanation=f"{_text(found)} {BY_NAME['file-again'].explanation}",
        action=gettext("File again"),
        back=back,
        between=(Link(_title(found), back),),
    )


def underway(request: HttpRequest) -> HttpResponse:
    """How far the groups have come that are filed again, for the page that shows it."""
    asked = request.GET.get("cause", "")
    cause = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    return render(request, "configurator/parts/groups_underway.html", _underway(cause))


def _filed_again(request: HttpRequest, cause: int, form_id: str) -> HttpResponse:
    """At once where a page can wait for it; else the workers do it, and the page shows how far they have come."""
    if not group_filing.is_large(cause, form_id):
        tell(request, actions.file_group_again(cause, request, form_id))
        return redirect("configurator:error_cases")
    try:
        asked = group_filing.ask(cause, request, form_id)
    except NotPossible as refused:
        messages.warning(request, in_reader_language(refused.reason))
    else:
        text = gettext("{count} error cases are being filed again. This page shows how far it has come.")
        messages.success(request, text.format(count=asked.total))
    return redirect("configurator:error_cases")


def _underway(cause: int | None) -> dict[str, object]:
    """The groups that are filed again, of one cause or of all. has_running: the part asks for itself again then."""
    found = group_filing.to_show(cause)
    rows = [
        {
            "one": one,
            "refusals": [(each.reference_id, in_reader_language(each.reason)) for each in one.refusals],
            "more": one.refused - len(one.refusals),
        }
        for one in found
    ]
    return {"underway": rows, "has_running": any(one.is_running for one in found), "of_cause": cause}


def _group_row(group: CauseGroup) -> GroupRow:
    return GroupRow(
        group,
        _text(group),
        group.forms[:_MOST_FORMS_SHOWN],
        max(len(group.forms) - _MOST_FORMS_SHOWN, 0),
    )


def _error_case_rows(records: Sequence[SubmissionRecord]) -> list[ErrorCaseRow]:
    found = []
    for record, row in zip(records, rows_of(records), strict=True):
        refiled = causes.filed_again(record)
        found.append(ErrorCaseRow(row, refiled.error_cases if refiled is not None else ()))
    return found


def _text(group: CauseGroup) -> str:
    return capfirst(in_reader_language(group.message, discreet=True))


def _title(group: CauseGroup) -> str:
    text = _text(group)
    return text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE]}…"


PAGES = (
    Page("error_cases", "error-cases/", error_cases, gettext_lazy("Error cases"), section=Section.PROCESS, place=30),
    Page(
        "error_cases_underway",
        "error-cases/underway/",
        underway,
        gettext_lazy("Error cases"),
        parent="error_cases",
        whole=False,
    ),
    Page(
        "error_cases_group",
        "error-cases/<int:cause>/",
        group,
        gettext_lazy("Error cases of one cause"),
        parent="error_cases",
    ),
    Page(
        "error_cases_again",
        "error-cases/<int:cause>/file-again/",
        again,
        gettext_lazy("File again"),
        role=Role.OPERATOR,
        change=Role.OPERATOR,
        parent="error_cases",
    ),
)
