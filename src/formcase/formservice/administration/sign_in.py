"""Signing in and out, and changing one's password."""

import structlog
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from formcase.formservice.administration.attempts import LockedOut
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.passwords import administrator_with, check_new_password, set_password
from formcase.formservice.administration.sessions import COOKIE, begin_session, end_session
from formcase.formservice.administration.showing import show
from formcase.formservice.models import Administrator

_log = structlog.get_logger()


class _SignIn(forms.Form):
    name = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput, max_length=1000)


class _NewPassword(forms.Form):
    old = forms.CharField(label=gettext_lazy("Present password"), widget=forms.PasswordInput, max_length=1000)
    new = forms.CharField(
        label=gettext_lazy("New password"),
        widget=forms.PasswordInput,
        max_length=1000,
        help_text=gettext_lazy("At least 12 characters, and no common password."),
    )
    again = forms.CharField(label=gettext_lazy("New password once more"), widget=forms.PasswordInput, max_length=1000)

    def clean_new(self) -> str:
        """The new password, if it is strong enough."""
        new: str = self.cleaned_data["new"]
        check_new_password(new)
        return new

    def clean(self) -> dict[str, object]:
        """Both times the same."""
        if self.cleaned_data.get("new") != self.cleaned_data.get("again"):
            self.add_error("again", ValidationError(_("This is not the same as the new password.")))
        return self.cleaned_data


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page to sign in."""
    form = _SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = administrator_with(form.cleaned_data["name"], form.cleaned_data["password"], _address(request))
        except LockedOut:
            form.add_error(None, _("Too many attempts failed. Wait a quarter of an hour, then try again."))
        else:
            if found is not None:
                return _signed_in(request, found)
            form.add_error(None, _("There is no administrator with this name and password."))
        _log.warning("sign-in refused", address=_address(request))
    context = {"form": form, "page_title": _("Sign in to the form service"), "next": _next(request)}
    return render(request, "formservice/administration/sign_in.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    end_session(request.COOKIES.get(COOKIE, ""))
    response = HttpResponseRedirect(reverse("form_service:sign_in"))
    response.delete_cookie(COOKIE, path=_path())
    return response


@sensitive_post_parameters("old", "new", "again")
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """Change one's own password."""
    form = _NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            known = administrator_with(administrator.name, form.cleaned_data["old"], _address(request))
        except LockedOut:
            known = None
        if known is None:
            form.add_error("old", _("This is not your password."))
        else:
            set_password(administrator, form.cleaned_data["new"], must_change=False)
            messages.success(request, _("Your password is changed."))
            return _signed_in(request, administrator)
    context: dict[str, object] = {"form": form, "must_change": administrator.must_change}
    if administrator.must_change:
        context["menu"] = ()
    return show(request, administrator, "password", context, title=_("Change your password"))


def _signed_in(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    end_session(request.COOKIES.get(COOKIE, ""))
    response = HttpResponseRedirect(_next(request) or reverse("form_service:dialogues"))
    response.set_cookie(
        COOKIE,
        begin_session(administrator),
        path=_path(),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    _log.info("signed in", administrator=administrator.pk)
    return response


def _path() -> str:
    return reverse("form_service:start")


def _next(request: HttpRequest) -> str:
    """Where to go afterwards, if that is a page of the form service's own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_own = wanted.startswith(_path()) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_own else ""


def _address(request: HttpRequest) -> str:
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.FORMSERVICE_BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]  # what the nearest proxy has added itself
    return str(request.META.get("REMOTE_ADDR") or "")[:64]
