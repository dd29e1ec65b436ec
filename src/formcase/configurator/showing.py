"""Showing a page: its template with the way to it, a part of it where a script asked, or a question before a change."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from formcase.appearance.navigation import Link, Text
from formcase.configurator.banner import banner_of
from formcase.configurator.context import page_name
from formcase.configurator.menu import breadcrumb
from formcase.configurator.pages import page_named
from formcase.workflows.models import ServiceWorkflow


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, object] | None = None,
    *,
    title: Text | None = None,
    between: tuple[Link, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """A whole page. title: unless it is the page's own, such as the name of a thing; between: links of the
    breadcrumb that stand before it. Where the context has a `workflow` that somebody should look at, the page says so,
    unless the context has a `banner` of its own."""
    name = page_name(request)
    page = page_named(name) if name else None
    shown = title or (page.title if page else "")
    given = context or {}
    found: dict[str, object] = {"breadcrumb": breadcrumb(name, shown, between), "page_title": shown}
    about = given.get("workflow")
    if isinstance(about, ServiceWorkflow) and "banner" not in given:
        found["banner"] = banner_of(about)
    return render(request, template, found | given, status=status)


def wants_part(request: HttpRequest) -> bool:
    """Whether a script asks for a part of the page only. Without JavaScript nobody does, so a whole page must do."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def ask(
    request: HttpRequest,
    question: Text,
    *,
    explanation: Text = "",
    action: Text,
    back: str,
    dangerous: bool = False,
    between: tuple[Link, ...] = (),
    about: ServiceWorkflow | None = None,
    sent: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page that asks before something is done. Its button sends the form to the same address; the view then does
    it on POST. action: what the button says; back: the address that “Cancel” leads to;
    about: the workflow that it is about; sent: what goes along with the yes."""
    context: dict[str, object] = {
        "explanation": explanation,
        "action": action,
        "back": back,
        "dangerous": dangerous,
        "workflow": about,
        "sent": sent or {},
    }
    return show(request, "configurator/ask.html", context, title=question, between=between)
