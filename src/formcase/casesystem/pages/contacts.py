"""The list of contacts."""

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.casesystem.finding import contacts as finding
from formcase.casesystem.finding.listing import Wanted
from formcase.casesystem.pages.choices import set_choices
from formcase.casesystem.pages.listings import filled, listed, to_address
from formcase.casesystem.pages.page import Page, Section
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Action, Table

COLUMNS = {
    "name": gettext_lazy("Name"),
    "type": gettext_lazy("Contact type"),
    "code": gettext_lazy("Code"),
    "state": gettext_lazy("State"),
    "updated": gettext_lazy("Changed"),
}


class ContactSearch(forms.Form):
    """What narrows the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Name, CPR, CVR or other code, address, e-mail, phone"),
    )
    type = forms.ChoiceField(label=gettext_lazy("Contact type"), required=False)

    def __init__(self, data: object, reference: Reference) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        types = set_choices(reference, "ContactTypes")
        self.fields["type"].choices = [("", _("all")), *types]  # type: ignore[attr-defined]


def contacts(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Show the contacts that were asked for."""
    if request.method == "POST":
        return to_address(request, ["q", "type"])
    form = filled(ContactSearch, request, reference=visitor.reference)
    form.is_valid()  # what is not valid is not filtered by
    words, kind = form.cleaned_data.get("q"), form.cleaned_data.get("type")
    asked = Wanted(finding.with_words(words) if words else None, (finding.of_type(kind),) if kind else ())
    content = {
        "search": form,
        "listed": listed(request, visitor, finding.CONTACTS, asked, COLUMNS),
        "titles": COLUMNS,
        "narrowed": asked.narrowed,
        "types": dict(set_choices(visitor.reference, "ContactTypes")),
        "may_create": visitor.actor.may(Action.CREATE, Table.CONTACT),
    }
    return show(request, visitor, "contacts.html", content)


PAGES = (Page("contacts", "case-system/contacts/", contacts, gettext_lazy("Contacts"), Section.WORK),)
