"""Changing and deleting the rows of a case, a document or a contact: parties, information, dates, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link, Text
from formcase.casesystem.access_codes import Permission
from formcase.casesystem.errors import not_found
from formcase.casesystem.finding.things import thing
from formcase.casesystem.pages import editing
from formcase.casesystem.pages.choices import label_choices
from formcase.casesystem.pages.editing import Edited
from formcase.casesystem.pages.entity_forms import EntityForm, Input
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.typed_choice import choice_field
from formcase.casesystem.pages.visitor import Visitor
from formcase.casesystem.rights import Action, Table
from formcase.casesystem.rules import reference_label

ADDRESS = (
    Input("Address1"),
    Input("Address2"),
    Input("Postcode_Value"),
    Input("CountryCode_Value"),
    Input("Email"),
    Input("PhoneNo"),
    Input("CellPhoneNo"),
)
ROLE = (Input("CustomLabel_Value", required=True, label=gettext_lazy("Role")),)
INFORMATION = (Input("CustomLabel_Value", required=True), Input("Info_Value", required=True))
DATE = (Input("CustomLabel_Value", required=True), Input("DateStamp", required=True))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows. name: in addresses · owner: the property that says whose row it is · page: where it is shown ·
    delete_with: the right that deleting one needs."""

    name: str
    entity_set: str
    short_type: str
    table: Table
    owner: str
    page: str
    inputs: tuple[Input, ...]
    question: Text
    delete_with: Action = Action.DELETE


@dataclass(frozen=True, slots=True)
class RowActions:
    """What a visitor may do with the rows of a kind that belong to one thing."""

    kind: str
    may_create: bool
    may_update: bool
    may_delete: bool

    def __bool__(self) -> bool:
        """Whether a row that is there can be touched."""
        return self.may_update or self.may_delete


CASE_PARTIES = Kind(
    "case-parties",
    "FileContacts",
    "FileContact",
    Table.CASE_PARTY,
    "FileKey_Value",
    "case_parties",
    ROLE,
    gettext_lazy("Remove this party?"),
)
CASE_INFORMATION = Kind(
    "case-information",
    "FileInfos",
    "FileInfo",
    Table.CASE_INFORMATION,
    "FileKey_Value",
    "case",
    INFORMATION,
    gettext_lazy("Delete this information?"),
)
CASE_DATES = Kind(
    "case-dates",
    "FileDates",
    "FileDate",
    Table.CASE_DATE,
    "FileKey_Value",
    "case_dates",
    DATE,
    gettext_lazy("Delete this date?"),
)
CASE_REFERENCES = Kind(
    "case-references",
    "FileFiles",
    "FileFile",
    Table.CASE,
    "FileKey_Value",
    "case",
    (Input("CustomLabel_Value", label=gettext_lazy("How it is related")),),
    gettext_lazy("Remove this reference?"),
    delete_with=Action.UPDATE,  # as references have no table of rights of their own
)
DOCUMENT_PARTIES = Kind(
    "document-parties",
    "RecordContacts",
    "RecordContact",
    Table.DOCUMENT_PARTY,
    "RecordKey_Value",
    "document_details",
    ROLE,
    gettext_lazy("Remove this party?"),
)
DOCUMENT_INFORMATION = Kind(
    "document-information",
    "RecordInfos",
    "RecordInfo",
    Table.DOCUMENT_INFORMATION,
    "RecordKey_Value",
    "document_details",
    INFORMATION,
    gettext_lazy("Delete this information?"),
)
DOCUMENT_DATES = Kind(
    "document-dates",
    "RecordDates",
    "RecordDate",
    Table.DOCUMENT_DATE,
    "RecordKey_Value",
    "document_details",
    DATE,
    gettext_lazy("Delete this date?"),
)
ADDRESSES = Kind(
    "addresses",
    "Addresses",
    "Address",
    Table.CONTACT_ADDRESS,
    "NameKey_Value",
    "contact",
    ADDRESS,
    gettext_lazy("Delete this address?"),
)
_TOLD = (
    "CustomLabel_Summary",
    "RefFileNo",
    "Info_Value",
    "DateStamp",
    "NameCode",
    "Address1",
    "Address2",
    "Email",
    "PhoneNo",
)
_OWNERS = {
    "FileKey_Value": ("Files", "FileNo"),
    "RecordKey_Value": ("Records", "Title"),
    "NameKey_Value": ("Contacts", "Name1"),
}
KINDS = {
    kind.name: kind
    for kind in (
        CASE_PARTIES,
        CASE_INFORMATION,
        CASE_DATES,
        CASE_REFERENCES,
        DOCUMENT_PARTIES,
        DOCUMENT_INFORMATION,
        DOCUMENT_DATES,
        ADDRESSES,
    )
}


def row_actions(visitor: Visitor, kind: Kind, *owners: Permission) -> RowActions:
    """What the visitor may do with rows of this kind. owners: the write codes of all that they belong to."""
    may_write = all(visitor.actor.meets(owner) for owner in owners)
    return RowActions(
        kind.name,
        may_create=may_write and visitor.actor.may(Action.CREATE, kind.table),
        may_update=may_write and visitor.actor.may(Action.UPDATE, kind.table),
        may_delete=may_write and visitor.actor.may(kind.delete_with, kind.table),
    )


def row_form(visitor: Visitor, kind: Kind, data: Any, given: Mapping[str, Any] | None = None) -> EntityForm:
    """The form for a row. Rows that say which submission made a case are made by submissions alone."""
    form = EntityForm(visitor, kind.short_type, kind.inputs, data=data, given=given)
    if kind is CASE_INFORMATION:
        kept = [choice for choice in label_choices(visitor.reference, "SO") if choice[0] != reference_label()]
        before, labels = form.fields["CustomLabel_Value"], choice_field(kept)
        labels.label, labels.required, labels.initial = before.label, before.required, before.initial
        form.fields["CustomLabel_Value"] = labels
    return form


def edit(request: HttpRequest, visitor: Visitor, kind: str, key: str) -> HttpResponseBase:
    """Change a row."""
    found, edited = _found(visitor, kind, key)
    visitor.actor.demand_right(Action.UPDATE, found.table)
    form = row_form(visitor, found, request.POST or None, edited.entity)
    return editing.edit(request, visitor, form, edited, _("It is saved."))


def delete(request: HttpRequest, visitor: Visitor, kind: str, key: str) -> HttpResponseBase:
    """Delete a row, once that was asked."""
    found, edited = _found(visitor, kind, key)
    visitor.actor.demand_right(found.delete_with, found.table)
    told = " · ".join(str(edited.entity[name]) for name in _TOLD if edited.entity.get(name))
    question, done = str(found.question), _("It is deleted.")
    return editing.delete(request, visitor, edited, question=question, done=done, explanation=told)


def _found(visitor: Visitor, name: str, key: str) -> tuple[Kind, Edited]:
    """The row. Raises 404 where there is no such kind, and where the row is unseen or a submission's."""
    kind = KINDS.get(name)
    if kind is None:
        raise not_found()
    entity = thing(visitor.scope(), kind.entity_set, key).entity
    if kind is CASE_INFORMATION and entity["CustomLabel_Value"] == reference_label():
        raise not_found()
    owner = str(entity[kind.owner])
    owner_set, name = _OWNERS[kind.owner]
    shown = thing(visitor.scope(), owner_set, owner, select=name).entity[name]
    page = f"casesystem:{kind.page}"
    return kind, Edited(kind.entity_set, key, entity, page, page, Link(str(shown), reverse(page, args=[owner])), owner)


_ROUTE = "case-system/rows/<str:kind>/<str:key>/"
PAGES = (
    Page("row_edit", f"{_ROUTE}edit/", edit, gettext_lazy("Change"), parent="cases"),
    Page("row_delete", f"{_ROUTE}delete/", delete, gettext_lazy("Delete"), parent="cases"),
)
