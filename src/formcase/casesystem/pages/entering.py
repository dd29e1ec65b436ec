"""Logging in and out: the only pages for whoever is not logged in."""

from http import HTTPStatus

import structlog
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from formcase.casesystem.login.attempts import NAME_WAITS, LockedOutError
from formcase.casesystem.login.logins import begin_login, end_login
from formcase.casesystem.login.passwords import account_with
from formcase.casesystem.models import Account
from formcase.casesystem.pages.visitor import COOKIE, forget_login, remember_login, visitor_of

_log = structlog.get_logger()


class LoginForm(forms.Form):
    """Who somebody says to be."""

    name = forms.CharField(label=gettext_lazy("User name"), max_length=200)
    password = forms.CharField(
        label=pgettext_lazy("log-in", "Password"), max_length=500, widget=forms.PasswordInput, strip=False
    )


@never_cache
def log_in(request: HttpRequest) -> HttpResponseBase:
    """The log-in page; leads on to the page that was asked for."""
    following = _following(request)
    if request.method == "GET" and visitor_of(request) is not None:
        return redirect(following)
    form = LoginForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        account, wrong = _account(request, form)
        if account is not None:
            return _welcome(request, account, following)
        form.add_error(None, wrong)
        status = HTTPStatus.FORBIDDEN
    title = _("Log in to the case system")
    content = {"form": form, "next": following, "page_title": title, "menu": None, "breadcrumb": None}
    return render(request, "casesystem/login.html", content, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponseBase:
    """End the browser's login."""
    if token := request.COOKIES.get(COOKIE):
        end_login(token)
    response = redirect("casesystem:login")
    forget_login(response)
    return response


def _account(request: HttpRequest, form: LoginForm) -> tuple[Account | None, str]:
    """The account that logs in, or what to say instead."""
    address = _address(request)
    try:
        account = account_with(form.cleaned_data["name"], form.cleaned_data["password"], address)
    except LockedOutError:
        _log.warning("log-in locked", address=address)
        minutes = int(NAME_WAITS.total_seconds() // 60)
        return None, _("Too many attempts have failed. Try again in {minutes} minutes.").format(minutes=minutes)
    if account is None:
        _log.warning("log-in refused", address=address)
        return None, _("The user name or the password is wrong.")
    return account, ""


def _address(request: HttpRequest) -> str:
    """Where the request comes from; behind a proxy, what the proxy says."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and getattr(settings, "CASESYSTEM_BEHIND_PROXY", False):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _welcome(request: HttpRequest, account: Account, following: str) -> HttpResponse:
    if token := request.COOKIES.get(COOKIE):
        end_login(token)
    rotate_token(request)
    response = redirect(following)
    remember_login(response, begin_login(account))
    _log.info("logged in", account=account.name)
    return response


def _following(request: HttpRequest) -> str:
    """Where to go on: a page of ours that was asked for, else the cases."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/case-system/")
    return wanted if safe else reverse("casesystem:cases")
