"""What holds for every page that a signed-in user asks for: language, time zone, and a password that must be changed
first."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from formcase.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponseBase]
_FREE = ("account_change_password", "account_logout", "account_reauthenticate", "set_language")


def preferences(get_response: Handler) -> Handler:
    """Use the language and the time zone that the user chose; a language chosen in this browser wins."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not _belongs_to_people(request):
            return get_response(request)
        user = request.user
        zone = user.time_zone if isinstance(user, User) else ""
        if isinstance(user, User) and user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        with timezone.override(ZoneInfo(zone) if zone else None):
            return get_response(request)

    return middleware


def password_change(get_response: Handler) -> Handler:
    """Lead a user whose password must be changed to the page where that is done, and nowhere else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _belongs_to_people(request):
            user = request.user
            if isinstance(user, User) and user.must_change_password and request.path not in map(reverse, _FREE):
                return redirect("account_change_password")
        return get_response(request)

    return middleware


def _belongs_to_people(request: HttpRequest) -> bool:
    """Whether a browser with a session may be asking; programs at the case system's addresses come without one."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES
