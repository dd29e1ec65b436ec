"""Referring from a case to another one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.finding.cases import case_with_number
from formcase.casesystem.pages.case import case_of
from formcase.casesystem.pages.choices import label_choices
from formcase.casesystem.pages.entity_forms import creating, write
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.related_cases import related_cases
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.rights import Action, Table

_KIND = "SH"  # the labels of such references


class ReferenceForm(forms.Form):
    """Which case is referred to, and as what."""

    number = forms.CharField(label=gettext_lazy("Case number"), max_length=100)
    label = forms.ChoiceField(label=gettext_lazy("How it is related"), required=False)

    def __init__(self, visitor: Visitor, data: Any) -> None:
        super().__init__(data)
        self.fields["label"].choices = [("", "–"), *label_choices(visitor.reference, _KIND)]  # type: ignore[attr-defined]


def add_reference(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Refer from a case to another one, by its number."""
    case = case_of(visitor, key)
    visitor.actor.demand_right(Action.UPDATE, Table.CASE)
    form = ReferenceForm(visitor, request.POST or None)
    back = reverse("casesystem:case", args=[key])
    if form.is_valid() and (other := _other(visitor, form, key)) is not None:
        label = form.cleaned_data["label"]
        values = {"FileKey_Value": key, "FileRefKey_Value": other, **({"CustomLabel_Value": label} if label else {})}
        written = write(visitor, [creating("FileFiles", values)])
        if written.done:
            messages.success(request, _("The reference is added."))
            return redirect(back)
        for problem in written.problems:
            form.add_error(None, problem.message)
    content = {"form": form, "action": _("Add"), "back": back, "version": ""}
    return show(request, visitor, "form.html", content, between=(Link(str(case.entity["FileNo"]), back),))


def _other(visitor: Visitor, form: ReferenceForm, key: str) -> str | None:
    """The case that was meant; None where it is none, which the form then says."""
    number = form.cleaned_data["number"].strip()
    found = case_with_number(visitor.scope(), number)
    if found is None:
        form.add_error(
            "number", _("There is no case with the number “{number}” that you may see.").format(number=number)
        )
    elif found == key:
        form.add_error("number", _("This is the case itself."))
    elif any(one.outwards and str(one.other.raw["ID"]) == found for one in related_cases(visitor, key)):
        form.add_error("number", _("The case refers to this one already."))
    else:
        return found
    return None


PAGES = (
    Page(
        "reference_create",
        "case-system/cases/<str:key>/new-reference/",
        add_reference,
        gettext_lazy("Refer to another case"),
        parent="cases",
    ),
)
