"""What the three listings share: a search form that stands in the address, headings to sort by, pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django import forms
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Text
from formcase.casesystem.finding.listing import COUNTED, Listing, Slice, Wanted, find
from formcase.casesystem.pages.sealing import holds_number, sealed, unsealed
from formcase.casesystem.pages.visitor import Visitor

WORDS, SEALED, SORT, AFTER, BEFORE = "q", "s", "sort", "after", "before"


@dataclass(frozen=True, slots=True)
class Shown:
    """A listing as its page shows it. headings: by column; links where the column can be sorted by."""

    found: Slice
    headings: Mapping[str, SafeString | str]
    previous: str
    following: str
    number: str

    def __bool__(self) -> bool:
        return bool(self.found.rows)


def words_asked_for(request: HttpRequest) -> str:
    """What is searched for."""
    return unsealed(request.GET.get(SEALED, "")) or request.GET.get(WORDS, "")


def filled(form: type[forms.Form], request: HttpRequest, **more: object) -> forms.Form:
    """The search form as the address fills it in."""
    data = request.GET.copy()
    data[WORDS] = words_asked_for(request)
    return form(data, **more)  # type: ignore[arg-type]


def to_address(request: HttpRequest, names: list[str]) -> HttpResponseBase:
    """Send a search that was typed on to the address that stands for it. names: of the form's fields."""
    query = QueryDict(mutable=True)
    for name in names:
        value = request.POST.get(name, "").strip()
        if name == WORDS and holds_number(value):
            query[SEALED] = sealed(value)
        elif value:
            query[name] = value
    if sort := request.GET.get(SORT):
        query[SORT] = sort
    return redirect(f"{request.path}?{query.urlencode()}" if query else request.path)


def listed(
    request: HttpRequest,
    visitor: Visitor,
    listing: Listing,
    asked: Wanted,
    titles: Mapping[str, Text],
) -> Shown:
    """The page of the listing that the address asks for. asked: what is searched for and narrowed by · titles: of the
    columns, by the name to sort by."""
    sort, descending = _sorting(request, listing)
    after, before = request.GET.get(AFTER, ""), request.GET.get(BEFORE, "")
    wanted = replace(asked, sort=sort, descending=descending, after=after, before=before)
    found = find(visitor.actor, visitor.reference, listing, wanted)
    return Shown(
        found,
        dict(_headings(request, listing, titles, sort, descending)),
        _beside(request, BEFORE, found.previous),
        _beside(request, AFTER, found.following),
        _number(found.number),
    )


def _sorting(request: HttpRequest, listing: Listing) -> tuple[str, bool]:
    asked = request.GET.get(SORT, "")
    name = asked.removeprefix("-")
    return (name, asked.startswith("-")) if name in listing.columns else (listing.sort, listing.descending)


def _headings(
    request: HttpRequest, listing: Listing, titles: Mapping[str, Text], sort: str, descending: bool
) -> Iterator[tuple[str, SafeString | str]]:
    for name, title in titles.items():
        if name not in listing.columns:
            yield name, str(title)
            continue
        # A column that is not sorted by yet begins as its listing would: the newest first, names from A.
        down = not descending if name == sort else name in ("updated", "created")
        address = _query(request, {SORT: f"-{name}" if down else name, AFTER: "", BEFORE: ""})
        state, arrow = (_("sorted descending"), "↓") if descending else (_("sorted ascending"), "↑")
        if name != sort:
            yield name, format_html('<a class="sort" href="{}">{}</a>', address, title)
        else:
            yield (
                name,
                format_html(
                    '<a class="sort" href="{}">{} <span aria-hidden="true">{}</span>'
                    '<span class="sr-only">({})</span></a>',
                    address,
                    title,
                    arrow,
                    state,
                ),
            )


def _beside(request: HttpRequest, name: str, key: str) -> str:
    return _query(request, {AFTER: "", BEFORE: "", name: key}) if key else ""


def _query(request: HttpRequest, changes: Mapping[str, str]) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _number(number: int) -> str:
    if number > COUNTED:
        return _("More than {number} found").format(number=f"{COUNTED:,}".replace(",", "."))
    return _("{number} found").format(number=number)
