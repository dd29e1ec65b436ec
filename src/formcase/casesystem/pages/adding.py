"""Adding rows to a case or a document: information, dates, and parties, for which a contact is looked for first."""

from dataclasses import dataclass
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
from formcase.casesystem.pages.case import case_of
from formcase.casesystem.pages.choices import label_choices
from formcase.casesystem.pages.document import document_of
from formcase.casesystem.pages.entity_forms import Written, creating, write
from formcase.casesystem.pages.listings import to_address, words_asked_for
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.rows import (
    CASE_DATES,
    CASE_INFORMATION,
    CASE_PARTIES,
    DOCUMENT_DATES,
    DOCUMENT_INFORMATION,
    DOCUMENT_PARTIES,
    Kind,
    row_form,
)
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.reading import Found
from formcase.casesystem.rights import Action, Table

_ROLES = {CASE_PARTIES.name: "SP", DOCUMENT_PARTIES.name: "AP"}
_CHOSEN_FROM = 20


@dataclass(frozen=True, slots=True)
class _Owner:
    """What gets a row. version: its ETag."""

    key: str
    name: str
    version: str


class PartyForm(forms.Form):
    """Which contact becomes a party, and as what."""

    contact = forms.ChoiceField(label=gettext_lazy("Contact"), widget=forms.RadioSelect)
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, visitor: Visitor, kind: Kind, found: list[Found], data: Any) -> None:
        super().__init__(data)
        self.fields["contact"].choices = [  # type: ignore[attr-defined]
            (str(one.raw["ID"]), _described(one)) for one in found
        ]
        self.fields["role"].choices = label_choices(visitor.reference, _ROLES[kind.name])  # type: ignore[attr-defined]


def case_information(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new row of information of a case."""
    return _add(request, visitor, CASE_INFORMATION, _case(visitor, key))


def case_date(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new date of a case."""
    return _add(request, visitor, CASE_DATES, _case(visitor, key))


def case_party(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new party of a case."""
    return _add_party(request, visitor, CASE_PARTIES, _case(visitor, key))


def document_information(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new row of information of a document."""
    return _add(request, visitor, DOCUMENT_INFORMATION, _document(visitor, key))


def document_date(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new date of a document."""
    return _add(request, visitor, DOCUMENT_DATES, _document(visitor, key))


def document_party(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """A new party of a document."""
    return _add_party(request, visitor, DOCUMENT_PARTIES, _document(visitor, key))


def _case(visitor: Visitor, key: str) -> _Owner:
    entity = case_of(visitor, key).entity
    return _Owner(key, str(entity["FileNo"]), entity["@odata.etag"])


def _document(visitor: Visitor, key: str) -> _Owner:
    entity = document_of(visitor, key).entity
    return _Owner(key, str(entity["Title"]), entity["@odata.etag"])


def _add(request: HttpRequest, visitor: Visitor, kind: Kind, owner: _Owner) -> HttpResponseBase:
    form = row_form(visitor, kind, request.POST or None)
    page = f"casesystem:{kind.page}"
    if form.is_valid():
        written = write(visitor, [creating(kind.entity_set, {**form.changed_values(), kind.owner: owner.key})])
        if written.done:
            messages.success(request, _("It is added."))
            return redirect(page, owner.key)
        form.refuse(written.problems)
    back = reverse(page, args=[owner.key])
    version = request.POST.get("version") or owner.version
    content = {"form": form, "action": _("Add"), "back": back, "version": version}
    return show(request, visitor, "form.html", content, between=(Link(owner.name, back),))


def _add_party(request: HttpRequest, visitor: Visitor, kind: Kind, owner: _Owner) -> HttpResponseBase:
    """Look for a contact, choose it and its role."""
    if request.method == "POST" and request.POST.get("what") == "search":
        return to_address(request, ["q"])
    words = words_asked_for(request)
    found = _found(visitor, words) if words.strip() else []
    form = PartyForm(visitor, kind, found, request.POST or None)
    page = f"casesystem:{kind.page}"
    if form.is_valid():
        values = {kind.owner: owner.key, "CustomLabel_Value": form.cleaned_data["role"]}
        written = _make_party(visitor, kind, form.cleaned_data["contact"], values)
        if written.done:
            messages.success(request, _("The party is added."))
            return redirect(page, owner.key)
        for problem in written.problems:
            form.add_error(None, problem.message)
    back = reverse(page, args=[owner.key])
    may_create = visitor.actor.may(Action.CREATE, Table.CONTACT)
    content = {"form": form, "words": words, "found": found, "back": back, "may_create": may_create}
    return show(request, visitor, "party_form.html", content, between=(Link(owner.name, back),))


def _found(visitor: Visitor, words: str) -> list[Found]:
    wanted = Wanted(with_words(words), sort="name", descending=False)
    return list(find(visitor.actor, visitor.reference, CONTACTS, wanted).rows)[:_CHOSEN_FROM]


def _make_party(visitor: Visitor, kind: Kind, contact: str, values: dict[str, Any]) -> Written:
    """Make the contact a party, with its first address; where it has none, with an empty one."""
    addresses = rows_of(visitor.scope(), "Addresses", "contact_id", contact, limit=1, select="ID")
    values = {**values, "NameKey_Value": contact}
    if addresses:
        address = f"Addresses({quoted_key(str(addresses[0].raw['ID']))})"
        return write(visitor, [creating(kind.entity_set, values | {"NameAddress@odata.bind": address})])
    return write(
        visitor,
        [
            creating("Addresses", {"NameKey_Value": contact}, content_id="address"),
            creating(kind.entity_set, values | {"NameAddress@odata.bind": "$address"}),
        ],
    )


def _described(one: Found) -> str:
    code = one.entity["NameCode"]
    return f"{one.entity['Name1']} ({code})" if code else str(one.entity["Name1"])


_CASE = "case-system/cases/<str:key>/"
_DOCUMENT = "case-system/documents/<str:key>/"
_INFORMATION, _DATE, _PARTY = gettext_lazy("Add information"), gettext_lazy("Add a date"), gettext_lazy("Add a party")
PAGES = (
    Page("information_create", f"{_CASE}new-information/", case_information, _INFORMATION, parent="cases"),
    Page("date_create", f"{_CASE}new-date/", case_date, _DATE, parent="cases"),
    Page("party_create", f"{_CASE}new-party/", case_party, _PARTY, parent="cases"),
    Page(
        "document_information_create",
        f"{_DOCUMENT}new-information/",
        document_information,
        _INFORMATION,
        parent="documents",
    ),
    Page("document_date_create", f"{_DOCUMENT}new-date/", document_date, _DATE, parent="documents"),
    Page("document_party_create", f"{_DOCUMENT}new-party/", document_party, _PARTY, parent="documents"),
)
