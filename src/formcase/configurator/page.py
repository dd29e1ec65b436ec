"""What a page is: its address, its view, who may see it and who may change something there, and its place in the
menu. Nothing here knows any page in particular: those are in `pages/`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.appearance.navigation import Text

View = Callable[..., HttpResponseBase]


class Section(Enum):
    """The groups of the menu, in their order."""

    START = ""
    PROCESS = _("Process")
    SET_UP = _("Set-up")
    ADMINISTRATION = _("Administration")


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the configurator.

    name: for `{% url "configurator:<name>" %}`; route: as in Django's `path`; title: as in menu and breadcrumb.
    role: who may see it; change: who may send something there (every method but GET and HEAD).
    section, place: where it stands in the menu; None: it doesn't. parent: the name of the page above it.
    whole: false for what is only ever put into another page by script.
    """

    name: str
    route: str
    view: View
    title: Text
    role: Role = Role.VIEWER
    change: Role = Role.ADMINISTRATOR
    section: Section | None = None
    place: int = 0
    parent: str | None = "start"
    whole: bool = True


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request to a page, which only signed-in users reach."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def guarded(page: Page) -> View:
    """The page's view, for those who may: others are led to sign in, or told that they may not."""

    @never_cache
    @wraps(page.view)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return _to_sign_in(request)
        if not user.may(page.role) or (request.method not in ("GET", "HEAD") and not user.may(page.change)):
            raise PermissionDenied
        return page.view(request, *args, **kwargs)

    return view


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A part of a page that is asked for by script must not get the sign-in page put into it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())
