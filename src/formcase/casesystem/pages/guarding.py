"""Lets those see a page who may: the logged in, and for administration the administrators."""

from functools import wraps
from http import HTTPStatus
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from formcase.casesystem.errors import Refusal
from formcase.casesystem.pages.page import Page, View
from formcase.casesystem.pages.showing import show_refusal
from formcase.casesystem.pages.visitor import visitor_of


def guarded(page: Page) -> View:
    """The page's view, for those who are logged in and may see it."""

    @never_cache
    @wraps(page.view)
    def view(request: HttpRequest, **keys: object) -> HttpResponseBase:
        visitor = visitor_of(request)
        if visitor is None:
            return _to_log_in(request)
        if visitor.login.account.must_change_secret and not page.free:
            return redirect("casesystem:own")
        with timezone.override(ZoneInfo(visitor.time_zone) if visitor.time_zone else None):
            if page.administration and not visitor.administrator:
                return show_refusal(request, visitor, HTTPStatus.FORBIDDEN)
            try:
                return page.view(request, visitor, **keys)
            except Refusal as refusal:
                return show_refusal(request, visitor, refusal.status, refusal.problem.message)

    return view


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """A part of a page that is asked for by script must not get the log-in page put into it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Refresh": "true"})
    return redirect(f"{reverse('casesystem:login')}?{urlencode({'next': request.get_full_path()})}")
