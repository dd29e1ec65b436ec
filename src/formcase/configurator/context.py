"""What the layout around every page needs to know."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from formcase import __version__
from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.configurator.menu import MenuSection, menu


def surroundings(request: HttpRequest) -> dict[str, object]:
    """The menu, the languages, the time zone that times are shown in; worked out when the template asks."""
    return {
        "formcase_version": __version__,
        "languages": settings.LANGUAGES,
        "zone": _zone(),
        "menu": lambda: _menu(request),
        "may_change": lambda: _may(request, Role.ADMINISTRATOR),
        "may_operate": lambda: _may(request, Role.OPERATOR),
        "provider_sign_in": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }


def page_name(request: HttpRequest) -> str | None:
    """The name of the page that was asked for; None where it is none of the configurator's."""
    match = request.resolver_match
    return match.url_name if match is not None and match.namespace == "configurator" else None


def _may(request: HttpRequest, role: Role) -> bool:
    user = request.user
    return isinstance(user, User) and user.may(role)


def _menu(request: HttpRequest) -> list[MenuSection]:
    user = request.user
    return menu(user, page_name(request)) if isinstance(user, User) else []


def _zone() -> str:
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)
