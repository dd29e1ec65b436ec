"""The list of documents."""

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.casesystem.finding import documents as finding
from formcase.casesystem.finding.cases import handled_by, of_units, unit_with_those_below
from formcase.casesystem.finding.listing import Condition, Wanted
from formcase.casesystem.finding.things import things_by_key
from formcase.casesystem.pages.choices import domain_choices
from formcase.casesystem.pages.listings import filled, listed, to_address
from formcase.casesystem.pages.page import Page, Section
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Action, Table

COLUMNS = {
    "number": gettext_lazy("Number"),
    "title": gettext_lazy("Title"),
    "type": gettext_lazy("Document type"),
    "state": gettext_lazy("State"),
    "file": gettext_lazy("File"),
    "updated": gettext_lazy("Changed"),
}


class DocumentSearch(forms.Form):
    """What narrows the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Words, file name or case number"),
    )
    type = forms.ChoiceField(label=gettext_lazy("Document type"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        required=False,
        choices=[
            ("", gettext_lazy("everybody's")),
            ("mine", gettext_lazy("mine")),
            ("unit", gettext_lazy("my unit's")),
        ],
    )
    case = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, data: object, reference: Reference) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for name, domain in (("type", "AT"), ("state", "AKTTILST")):
            self.fields[name].choices = [("", _("all")), *domain_choices(reference, domain)]  # type: ignore[attr-defined]


def documents(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Show the documents that were asked for."""
    if request.method == "POST":
        return to_address(request, ["q", "type", "state", "whose", "case"])
    form = filled(DocumentSearch, request, reference=visitor.reference)
    form.is_valid()  # what is not valid is not filtered by
    words = form.cleaned_data.get("q")
    asked = Wanted(finding.with_words(words) if words else None, tuple(_conditions(form, visitor)))
    shown = listed(request, visitor, finding.DOCUMENTS, asked, COLUMNS)
    cases = [str(row.entity["FileKey_Value"]) for row in shown.found.rows if row.entity["FileKey_Value"]]
    content = {
        "search": form,
        "listed": shown,
        "titles": COLUMNS,
        "narrowed": asked.narrowed,
        "cases": things_by_key(visitor.scope(), "Files", sorted(set(cases)), select="FileNo,Title"),
        "may_create": visitor.actor.may(Action.CREATE, Table.DOCUMENT),
    }
    return show(request, visitor, "documents.html", content)


def _conditions(form: forms.Form, visitor: Visitor) -> list[Condition]:
    asked = form.cleaned_data
    found: list[Condition] = []
    if kind := asked.get("type"):
        found.append(finding.of_type(kind))
    if state := asked.get("state"):
        found.append(finding.in_state(state))
    if case := asked.get("case"):
        found.append(finding.of_case(case))
    match asked.get("whose"):
        case "mine":
            found.append(handled_by(visitor.actor.key))
        case "unit":
            unit = visitor.actor.unit
            found.append(of_units(unit_with_those_below(visitor.reference, unit) if unit else ()))
    return found


PAGES = (Page("documents", "case-system/documents/", documents, gettext_lazy("Documents"), Section.WORK),)
