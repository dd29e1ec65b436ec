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
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from formcase.arriving_files import BoundedFiles
from formcase.casesystem.documents import max_bytes
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

    return _taking_files(view) if page.takes_files else view


def _taking_files(view: View) -> View:
    """The same, for a form with a file of any size. It is taken in before Django can look for the form's token, so only
    from who is logged in."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def taking(request: HttpRequest, **keys: object) -> HttpResponseBase:
        if request.method == "POST" and visitor_of(request) is not None:
            request.upload_handlers = [BoundedFiles(request, max_bytes())]
        return checked(request, **keys)

    return taking


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """A part of a page that is asked for by script must not get the log-in page put into it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Refresh": "true"})
    return redirect(f"{reverse('casesystem:login')}?{urlencode({'next': request.get_full_path()})}")
