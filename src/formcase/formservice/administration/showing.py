"""Showing a page of the administrators: its template in the frame, with menu and breadcrumb."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Link, MenuSection
from formcase.formservice.administration.clients.banner import banner
from formcase.formservice.models import Administrator


def show(
    request: HttpRequest,
    administrator: Administrator,
    template: str,
    context: Mapping[str, object],
    *,
    title: str,
    above: tuple[Link, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """A whole page. above: the links of the breadcrumb that stand before the page's own title."""
    found = {
        "administrator": administrator,
        "menu": _menu(request),
        "banner": banner(),
        "breadcrumb": (*above, Link(title, current=True)) if above else (),
        "page_title": title,
    }
    return render(request, f"formservice/administration/{template}.html", {**found, **context}, status=status)


def pages() -> tuple[tuple[str, str], ...]:
    """The pages of the menu: their names and titles."""
    return (
        ("dialogues", _("Submitted dialogues")),
        ("forms", _("Forms")),
        ("retention", _("Retention")),
        ("clients", _("Clients")),
        ("calls", _("Log of calls")),
    )


def link_to(name: str) -> Link:
    """The link to a page of the menu."""
    return Link(dict(pages())[name], reverse(f"form_service:{name}"))


def _menu(request: HttpRequest) -> tuple[MenuSection, ...]:
    here = request.resolver_match.url_name if request.resolver_match else ""
    links = tuple(
        Link(title, reverse(f"form_service:{name}"), current=str(here).startswith(name.rstrip("s")))
        for name, title in pages()
    )
    return (MenuSection("", links),)
