"""A contact: what is known of it, its addresses, the cases and documents that it is a party of, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.finding.things import rows_of, text_of, thing
from formcase.casesystem.pages.case import written_by
from formcase.casesystem.pages.choices import set_choices
from formcase.casesystem.pages.facts import facts, permission_text
from formcase.casesystem.pages.history_lines import history_lines
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.rows import ADDRESSES, row_actions
from formcase.casesystem.pages.showing import page_name, show
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.rights import Action, Table

_FIRST = ("Name1", "Name2", "NameType", "NameCode", "State", "Created", "CreateUser", "UpdateUser")
_PARTS = (("contact", gettext_lazy("Contact")), ("contact_history", gettext_lazy("History")))


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as a visitor sees it."""

    key: str
    entity: Mapping[str, Any]
    may_update: bool
    may_delete: bool
    may_add_address: bool


def contact_of(visitor: Visitor, key: str) -> Contact:
    """The contact with this key. Raises 404 where none is seen."""
    entity = thing(visitor.scope(), "Contacts", key, expand="NameNote").entity
    may_write = visitor.actor.meets(written_by(entity))
    return Contact(
        key,
        entity,
        may_update=may_write and visitor.actor.may(Action.UPDATE, Table.CONTACT),
        may_delete=may_write and visitor.actor.may(Action.DELETE, Table.CONTACT),
        may_add_address=may_write and visitor.actor.may(Action.CREATE, Table.CONTACT_ADDRESS),
    )


def contact(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """What is known, and where it is a party."""
    found, scope = contact_of(visitor, key), visitor.scope()
    cases = rows_of(scope, "FileContacts", "contact_id", key, expand="File($select=ID,FileNo,Title,Closed)")
    documents = rows_of(scope, "RecordContacts", "contact_id", key, expand="Record($select=ID,Title,UserKey)")
    types = dict(set_choices(visitor.reference, "ContactTypes"))
    known = {**found.entity, "NameType_Summary": types.get(str(found.entity["NameType_Value"]))}
    content = {
        "facts": facts(visitor.reference, "Contact", known, _FIRST),
        "note": text_of(found.entity, "NameNote"),
        "addresses": [row.entity for row in rows_of(scope, "Addresses", "contact_id", key)],
        "cases": [row.entity for row in reversed(cases) if row.entity.get("File")],
        "documents": [row.entity for row in reversed(documents) if row.entity.get("Record")],
        "read_code": permission_text(found.entity["AccessCode"]),
        "write_code": permission_text(found.entity["UpdateCode"]),
        "actions": row_actions(visitor, ADDRESSES, written_by(found.entity)),
    }
    return _part(request, visitor, found, "contact.html", content)


def history(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """What was done with the contact."""
    found = contact_of(visitor, key)
    lines = history_lines(visitor, "Contacts", key)
    return _part(request, visitor, found, "contact_history.html", {"lines": lines})


def _part(
    request: HttpRequest, visitor: Visitor, found: Contact, template: str, content: Mapping[str, object]
) -> HttpResponseBase:
    here = page_name(request)
    parts = [Link(title, reverse(f"casesystem:{name}", args=[found.key]), name == here) for name, title in _PARTS]
    shown = {"contact": found, "parts": parts, **content}
    return show(request, visitor, template, shown, title=str(found.entity["Name1"]))


_ROUTE = "case-system/contacts/<str:key>/"
PAGES = (
    Page("contact", _ROUTE, contact, gettext_lazy("Contact"), parent="contacts"),
    Page("contact_history", f"{_ROUTE}history/", history, gettext_lazy("History"), parent="contacts"),
)
