"""What the frame around the configurator's pages needs to know beside what every frame does."""

from django.conf import settings
from django.http import HttpRequest

from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.appearance.navigation import MenuSection
from formcase.configurator.menu import menu


def surroundings(request: HttpRequest) -> dict[str, object]:
    """The menu, and what the user may do; worked out when the template asks."""
    return {
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
