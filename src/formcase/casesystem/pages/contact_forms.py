"""Making, changing and deleting a contact, giving it addresses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.appearance.navigation import Link
from formcase.casesystem.pages import editing
from formcase.casesystem.pages.contact import contact_of
from formcase.casesystem.pages.editing import Edited
from formcase.casesystem.pages.entity_forms import (
    EntityForm,
    Input,
    creating,
    custom_inputs,
    write,
)
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.rows import ADDRESS
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor
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
    form = EntityForm(visitor, "Address", ADDRESS, data=request.POST or None)
    if form.is_valid():
        written = write(visitor, [creating("Addresses", {**form.changed_values(), "NameKey_Value": key})])
        if written.done:
            messages.success(request, _("The address is added."))
            return redirect("casesystem:contact", key)
        form.refuse(written.problems)
    content = {"form": form, "action": _("Add"), "back": reverse("casesystem:contact", args=[key]), "version": ""}
    return show(request, visitor, "form.html", content, between=(_link(found.entity, key),))


def delete(request: HttpRequest, visitor: Visitor, key: str) -> HttpResponseBase:
    """Delete a contact that is a party of nothing."""
    found = contact_of(visitor, key)
    visitor.actor.demand_right(Action.DELETE, Table.CONTACT)
    link = _link(found.entity, key)
    edited = Edited("Contacts", key, found.entity, "casesystem:contact", "casesystem:contacts", link)
    return editing.delete(
        request,
        visitor,
        edited,
        question=_("Delete this contact?"),
        explanation=_("Its addresses go with it. A contact that is a party of a case or a document stays."),
        done=_("The contact is deleted."),
    )


def _inputs(visitor: Visitor) -> list[Input]:
    return [*_INPUTS, *custom_inputs(visitor.reference, "Contact")]


def _link(entity: Any, key: str) -> Link:
    return Link(str(entity["Name1"]), reverse("casesystem:contact", args=[key]))


_ROUTE = "case-system/contacts/<str:key>/"
PAGES = (
    Page("contact_create", "case-system/new-contact/", create, gettext_lazy("Create contact"), parent="contacts"),
    Page("contact_edit", f"{_ROUTE}edit/", edit, gettext_lazy("Edit contact"), parent="contacts"),
    Page("address_create", f"{_ROUTE}new-address/", add_address, gettext_lazy("Add an address"), parent="contacts"),
    Page("contact_delete", f"{_ROUTE}delete/", delete, gettext_lazy("Delete contact"), parent="contacts"),
)
