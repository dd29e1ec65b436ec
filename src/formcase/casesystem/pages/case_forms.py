"""Making, changing, closing, reopening and deleting a case."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.pages import editing
from formcase.casesystem.pages.case import Case, case_of
from formcase.casesystem.pages.editing import Edited
from formcase.casesystem.pages.entity_forms import (
    EntityForm,
    Input,
    changing,
    creating,
    custom_inputs,
    write,
)
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.rights import Action, Table

_INPUTS = (
    Input("Title", required=True),
    Input("FileClass_Value", required=True),
    Input("State_Value"),
    Input("Officer_Value"),
    Input("ResponsibleOu_Value"),
    Input("FileType_Value"),
    Input("Text/Text"),
    Input("Note/Text"),
    Input("AccessCode"),
    Input("UpdateCode"),
)


def create(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """A new case."""
    visitor.actor.demand_right(Action.CREATE, Table.CASE)
    form = EntityForm(
        visitor,
        "File",
        _inputs(visitor),
        data=request.POST or None,
        defaults={"Officer_Value": visitor.actor.key, "ResponsibleOu_Value": visitor.actor.unit or ""},
    )
    if form.is_valid():
        written = write(visitor, [creating("Files", form.changed_values())])
        if written.done:
            messages.success(request, _("The case is created."))
            return redirect("casesystem:case", written.keys[0])
        form.refuse(written.problems)
    content = {"form": form, "action": _("Create"), "back": reverse("casesystem:cases"), "version": ""}
    return show(request, visitor, "form.html", content)


def edit(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Change a case."""
    case = case_of(visitor, key)
    form = EntityForm(visitor, "File", _inputs(visitor), data=request.POST or None, given=case.entity)
    edited = Edited("Files", key, case.entity, "casesystem:case", "casesystem:cases", _link(case))
    return editing.edit(request, visitor, form, edited, _("The case is saved."))


def close(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Give a case its closing date."""
    today = timezone.localdate().isoformat()
    return _switch(
        request,
        visitor,
        key,
        {"Closed": today},
        question=_("Close this case?"),
        explanation=_("A closed case takes no new documents or parties. Information and dates may still be added."),
        action=_("Close case"),
        done=_("The case is closed."),
    )


def reopen(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Take a case's closing date away."""
    return _switch(
        request,
        visitor,
        key,
        {"Closed": None},
        question=_("Reopen this case?"),
        explanation=_("It then takes documents and parties again."),
        action=_("Reopen case"),
        done=_("The case is open again."),
    )


def delete(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Delete a case that has no documents, with its parties, information, dates and history."""
    case = case_of(visitor, key)
    visitor.actor.demand_right(Action.DELETE, Table.CASE)
    edited = Edited("Files", key, case.entity, "casesystem:case", "casesystem:cases", _link(case))
    return editing.delete(
        request,
        visitor,
        edited,
        question=_("Delete this case?"),
        explanation=_("Its parties, information, dates and history go with it. A case that has documents stays."),
        done=_("The case is deleted."),
    )


def _switch(
    request: HttpRequest,
    visitor: Visitor,
    key: str,
    values: Mapping[str, Any],
    *,
    question: str,
    explanation: str,
    action: str,
    done: str,
) -> HttpResponseBase:
    case = case_of(visitor, key)
    problem = ""
    if request.method == "POST":
        written = write(visitor, changing("Files", key, values, ""))
        if written.done:
            messages.success(request, done)
            return redirect("casesystem:case", key)
        problem = written.problems[0].message
    content = {"explanation": explanation, "action": action, "back": _address(key), "problem": problem}
    return show(request, visitor, "ask.html", content, title=question, between=(_link(case),))


def _inputs(visitor: Visitor) -> list[Input]:
    return [*_INPUTS, *custom_inputs(visitor.reference, "File")]


def _address(key: str) -> str:
    return reverse("casesystem:case", args=[key])


def _link(case: Case) -> Link:
    return Link(str(case.entity["FileNo"]), _address(case.key))


_ROUTE = "case-system/cases/<str:key>/"
PAGES = (
    Page("case_create", "case-system/new-case/", create, gettext_lazy("Create case"), parent="cases"),
    Page("case_edit", f"{_ROUTE}edit/", edit, gettext_lazy("Edit case"), parent="cases"),
    Page("case_close", f"{_ROUTE}close/", close, gettext_lazy("Close case"), parent="cases"),
    Page("case_reopen", f"{_ROUTE}reopen/", reopen, gettext_lazy("Reopen case"), parent="cases"),
    Page("case_delete", f"{_ROUTE}delete/", delete, gettext_lazy("Delete case"), parent="cases"),
)
