"""Draws a page in its frame."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Link, Text
from formcase.casesystem.pages import page_named
from formcase.casesystem.pages.menu import breadcrumb, menu
from formcase.casesystem.pages.visitor import Visitor


def show(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    content: Mapping[str, object],
    *,
    title: Text | None = None,
    between: tuple[Link, ...] = (),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """A whole page. title: where it is not the page's own · between: links before it in the breadcrumb."""
    name = page_name(request)
    page = page_named(name)
    shown = {
        "page_title": title or (page.title if page is not None else ""),
        "visitor": visitor,
        "menu": menu(visitor, name),
        "breadcrumb": breadcrumb(name, title, between),
        **content,
    }
    return render(request, f"casesystem/{template}", shown, status=status)


def page_name(request: HttpRequest) -> str:
    """The name of the page that was asked for."""
    match = request.resolver_match
    return str(match.url_name) if match is not None else ""


def show_refusal(request: HttpRequest, visitor: Visitor, status: HTTPStatus, message: str = "") -> HttpResponse:
    """A page that says why there is none."""
    if status is HTTPStatus.NOT_FOUND:
        title = _("There is nothing here")
        message = _("It may have been deleted, or you may not see it.")
    else:
        title = _("This can't be done")
        message = message or _("This is for administrators of the case system.")
    return show(request, visitor, "refused.html", {"message": message}, title=title, status=status)
