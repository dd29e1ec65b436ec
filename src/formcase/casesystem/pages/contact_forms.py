"""Making and changing a contact, giving it addresses, making it a party of a case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.finding.contacts import CONTACTS, with_words
from formcase.casesystem.finding.listing import Wanted, find
from formcase.casesystem.finding.things import rows_of
from formcase.casesystem.pages import editing
from formcase.casesystem.pages.case import case_of
from formcase.casesystem.pages.choices import label_choices
from formcase.casesystem.pages.contact import contact_of
from formcase.casesystem.pages.editing import Edited
from formcase.casesystem.pages.entity_forms import (
    EntityForm,
    Input,
    Written,
    creating,
    custom_inputs,
    write,
)
from formcase.casesystem.pages.listings import to_address, words_asked_for
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.reading import Found
from formcase.casesystem.rights import Action, Table

_INPUTS = (
    Input("NameType_Value", required=True),
    Input("Name1", required=True),
    Input("NameCode"),
    Input("State_Value"),
    Input("NameNote/Text"),
    Input("AccessCode"),
    Input("UpdateCode"),
)
_ADDRESS = (
    Input("Address1"),
    Input("Address2"),
    Input("Postcode_Value"),
    Input("CountryCode_Value"),
    Input("Email"),
    Input("PhoneNo"),
    Input("CellPhoneNo"),
)


class PartyForm(forms.Form):
    """Which contact becomes a party, and as what."""

    contact = forms.ChoiceField(label=gettext_lazy("Contact"), widget=forms.RadioSelect)
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, visitor: Visitor, found: list[Found], data: Any) -> None:
        super().__init__(data)
        self.fields["contact"].choices = [  # type: ignore[attr-defined]
            (str(one.raw["ID"]), _described(one)) for one in found
        ]
        self.fields["role"].choices = label_choices(visitor.reference, "SP")  # type: ignore[attr-defined]


def create(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """A new contact."""
    visitor.actor.demand_right(Action.CREATE, Table.CONTACT)
    form = EntityForm(visitor, "Contact", _inputs(visitor), data=request.POST or None)
    if form.is_valid():
        written = write(visitor, [creating("Contacts", form.changed_values())])
        if written.done:
            messages.success(request, _("The contact is created."))
            return redirect("casesystem:contact", written.keys[0])
        form.refuse(written.problems)
    content = {"form": form, "action": _("Create"), "back": reverse("casesystem:contacts"), "version": ""}
    return show(request, visitor, "form.html", content)


def edit(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Change a contact."""
    found = contact_of(visitor, key)
    form = EntityForm(visitor, "Contact", _inputs(visitor), data=request.POST or None, given=found.entity)
    link = _link(found.entity, key)
    edited = Edited("Contacts", key, found.entity, "casesystem:contact", "casesystem:contacts", link)
    return editing.edit(request, visitor, form, edited, _("The contact is saved."))


def add_address(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new address of a contact."""
    found = contact_of(visitor, key)
    form = EntityForm(visitor, "Address", _ADDRESS, data=request.POST or None)
    if form.is_valid():
        written = write(visitor, [creating("Addresses", {**form.changed_values(), "NameKey_Value": key})])
        if written.done:
            messages.success(request, _("The address is added."))
            return redirect("casesystem:contact", key)
        form.refuse(written.problems)
    content = {"form": form, "action": _("Add"), "back": reverse("casesystem:contact", args=[key]), "version": ""}
    return show(request, visitor, "form.html", content, between=(_link(found.entity, key),))


def add_party(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Look for a contact, choose it and its role."""
    case = case_of(visitor, key)
    if request.method == "POST" and request.POST.get("what") == "search":
        return to_address(request, ["q"])
    words = words_asked_for(request)
    found = _found(visitor, words) if words.strip() else []
    form = PartyForm(visitor, found, request.POST or None)
    if form.is_valid():
        written = _make_party(visitor, key, form.cleaned_data["contact"], form.cleaned_data["role"])
        if written.done:
            messages.success(request, _("The party is added."))
            return redirect("casesystem:case_parties", key)
        for problem in written.problems:
            form.add_error(None, problem.message)
    back = reverse("casesystem:case_parties", args=[key])
    content = {"form": form, "words": words, "found": found, "back": back, "may_create": _may_create(visitor)}
    return show(request, visitor, "party_form.html", content, between=(Link(str(case.entity["FileNo"]), back),))


def _found(visitor: Visitor, words: str) -> list[Found]:
    wanted = Wanted(with_words(words), sort="name", descending=False)
    return list(find(visitor.actor, visitor.reference, CONTACTS, wanted).rows)[:20]


def _make_party(visitor: Visitor, case: str, contact: str, role: str) -> Written:
    """Make the contact a party, with its first address; where it has none, with an empty one."""
    addresses = rows_of(visitor.scope(), "Addresses", "contact_id", contact, limit=1, select="ID")
    values = {"FileKey_Value": case, "NameKey_Value": contact, "CustomLabel_Value": role}
    if addresses:
        address = f"Addresses({quoted_key(str(addresses[0].raw['ID']))})"
        return write(visitor, [creating("FileContacts", values | {"NameAddress@odata.bind": address})])
    return write(
        visitor,
        [
            creating("Addresses", {"NameKey_Value": contact}, content_id="address"),
            creating("FileContacts", values | {"NameAddress@odata.bind": "$address"}),
        ],
    )


def _described(one: Found) -> str:
    code = one.entity["NameCode"]
    return f"{one.entity['Name1']} ({code})" if code else str(one.entity["Name1"])


def _may_create(visitor: Visitor) -> bool:
    return visitor.actor.may(Action.CREATE, Table.CONTACT)


def _inputs(visitor: Visitor) -> list[Input]:
    return [*_INPUTS, *custom_inputs(visitor.reference, "Contact")]


def _link(entity: Any, key: str) -> Link:
    return Link(str(entity["Name1"]), reverse("casesystem:contact", args=[key]))


_ROUTE = "case-system/contacts/<str:key>/"
PAGES = (
    Page("contact_create", "case-system/new-contact/", create, gettext_lazy("Create contact"), parent="contacts"),
    Page("contact_edit", f"{_ROUTE}edit/", edit, gettext_lazy("Edit contact"), parent="contacts"),
    Page("address_create", f"{_ROUTE}new-address/", add_address, gettext_lazy("Add an address"), parent="contacts"),
    Page(
        "party_create",
        "case-system/cases/<str:key>/new-party/",
        add_party,
        gettext_lazy("Add a party"),
        parent="cases",
    ),
)
