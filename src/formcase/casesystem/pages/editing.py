"""Changing a case, a document or a contact by a form: saved over the version that the form was made of, or shown again
with what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Link
from formcase.casesystem.finding.things import thing_or_none
from formcase.casesystem.pages.entity_forms import EntityForm, changing, deleting, write
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Edited:
    """What is changed. entity: as the visitor sees it; page, listing: the names of its own page and of its list; owner:
    the key of what the page shows, where that is another thing."""

    entity_set: str
    key: str
    entity: Mapping[str, Any]
    page: str
    listing: str
    link: Link
    owner: str = ""

    @property
    def back(self) -> str:
        """The address of its page."""
        return reverse(self.page, args=[self.owner or self.key])


def edit(request: HttpRequest, visitor: Visitor, form: EntityForm, edited: Edited, done: str) -> HttpResponseBase:
    """Save what was changed and say so in the words of `done`; show the form before, and where that fails."""
    version = request.POST.get("version") or edited.entity["@odata.etag"]
    if form.is_valid():
        parts = changing(edited.entity_set, edited.key, form.changed_values(), version)
        written = write(visitor, parts) if parts else None
        if written is None or written.done:
            messages.success(request, done)
            return _after(visitor, edited)
        form.refuse(written.problems)
    content = {
        "form": form,
        "action": _("Save"),
        "back": edited.back,
        "version": version,
    }
    return show(request, visitor, "form.html", content, between=(edited.link,))


def delete(
    request: HttpRequest, visitor: Visitor, edited: Edited, *, question: str, done: str, explanation: str = ""
) -> HttpResponseBase:
    """Delete it once that was asked, and say so; say why not, where the rules forbid it."""
    problem = ""
    if request.method == "POST":
        written = write(visitor, [deleting(edited.entity_set, edited.key)])
        if written.done:
            messages.success(request, done)
            return redirect(edited.back) if edited.owner else redirect(edited.listing)
        problem = written.problems[0].message
    content = {
        "explanation": explanation,
        "action": _("Delete"),
        "dangerous": True,
        "back": edited.back,
        "problem": problem,
    }
    return show(request, visitor, "ask.html", content, title=question, between=(edited.link,))


def _after(visitor: Visitor, edited: Edited) -> HttpResponseBase:
    """To its page; to the list where the visitor has just shut out himself."""
    if edited.owner:
        return redirect(edited.back)
    seen = thing_or_none(visitor.scope(), edited.entity_set, edited.key, select="ID") is not None
    return redirect(edited.back) if seen else redirect(edited.listing)
