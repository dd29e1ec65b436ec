"""The list of cases."""

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.casesystem.finding import cases as finding
from formcase.casesystem.finding.listing import Condition, Wanted
from formcase.casesystem.pages.choices import group_choices
from formcase.casesystem.pages.listings import filled, listed, to_address
from formcase.casesystem.pages.page import Page, Section
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.typed_choice import choice_field
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Action, Table

COLUMNS = {
    "number": gettext_lazy("Case number"),
    "title": gettext_lazy("Title"),
    "group": gettext_lazy("Case group"),
    "state": gettext_lazy("State"),
    "handler": gettext_lazy("Case handler"),
    "updated": gettext_lazy("Changed"),
}


class CaseSearch(forms.Form):
    """What narrows the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Number, words, reference ID or party"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Open or closed"),
        required=False,
        choices=[("", gettext_lazy("all")), ("open", gettext_lazy("open")), ("closed", gettext_lazy("closed"))],
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        required=False,
        choices=[
            ("", gettext_lazy("everybody's")),
            ("mine", gettext_lazy("mine")),
            ("unit", gettext_lazy("my unit's")),
        ],
    )
    group = forms.Field()  # which one depends on how many groups there are
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("all")), ("errors", gettext_lazy("error cases"))],
    )

    def __init__(self, data: object, reference: Reference) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        group = choice_field(group_choices(reference), none=_("all"))
        group.label, group.required = _("Case group"), False
        self.fields["group"] = group


def cases(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Show the cases that were asked for."""
    if request.method == "POST":
        return to_address(request, ["q", "state", "whose", "group", "kind"])
    form = filled(CaseSearch, request, reference=visitor.reference)
    form.is_valid()  # what is not valid is not filtered by
    words = form.cleaned_data.get("q")
    asked = Wanted(finding.with_words(words) if words else None, tuple(_conditions(form, visitor)))
    shown = listed(request, visitor, finding.CASES, asked, COLUMNS)
    content = {
        "search": form,
        "listed": shown,
        "titles": COLUMNS,
        "narrowed": asked.narrowed,
        "may_create": visitor.actor.may(Action.CREATE, Table.CASE),
        "error_groups": finding.error_case_groups(visitor.reference),
    }
    return show(request, visitor, "cases.html", content)


def _conditions(form: forms.Form, visitor: Visitor) -> list[Condition]:
    asked = form.cleaned_data
    found: list[Condition] = []
    match asked.get("state"):
        case "open":
            found.append(finding.is_open)
        case "closed":
            found.append(finding.is_closed)
    match asked.get("whose"):
        case "mine":
            found.append(finding.handled_by(visitor.actor.key))
        case "unit":
            unit = visitor.actor.unit
            units = finding.unit_with_those_below(visitor.reference, unit) if unit else frozenset()
            found.append(finding.of_units(units))
    if group := asked.get("group"):
        found.append(finding.in_groups(finding.group_with_those_below(visitor.reference, group)))
    if asked.get("kind") == "errors":
        found.append(finding.in_groups(finding.error_case_groups(visitor.reference)))
    return found


PAGES = (Page("cases", "case-system/", cases, gettext_lazy("Cases"), Section.WORK),)
