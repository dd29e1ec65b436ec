"""Who visits the pages: the user that is logged in, as somebody who acts under the same rules as OData requests."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from formcase.casesystem.login.logins import find_login, longest
from formcase.casesystem.models import Login
from formcase.casesystem.reference import Reference, UserEntry, current_reference
from formcase.casesystem.rights import Actor
from formcase.casesystem.service import Session
from formcase.casesystem.sql_rows import Scope

COOKIE = "formcase_case_system"
_PATH = "/case-system/"
_SERVICE = "/OData4/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor at one moment."""

    login: Login
    user: UserEntry
    actor: Actor
    reference: Reference
    session: Session

    @property
    def administrator(self) -> bool:
        """Whether the set-up may be seen and changed."""
        return self.user.administrator

    @property
    def time_zone(self) -> str:
        """The zone that times are shown in; empty for the service's own."""
        return self.login.account.time_zone

    def scope(self) -> Scope:
        """What queries for this visitor share."""
        return Scope(self.actor, self.reference)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """The visitor; None for who is not logged in."""
    token = request.COOKIES.get(COOKIE)
    login = find_login(token) if token else None
    if login is None:
        return None
    reference = current_reference()
    user = reference.users.get(login.account.user_id)
    if user is None or not user.enabled:
        return None
    actor = reference.actor(user, login.account.name)
    session = Session(actor, reference, request.build_absolute_uri(_SERVICE), _SERVICE)
    return Visitor(login, user, actor, reference, session)


def remember_login(response: HttpResponseBase, token: str) -> None:
    """Let the browser keep its login, for the pages alone and out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=longest(),
        path=_PATH,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def forget_login(response: HttpResponseBase) -> None:
    """Let the browser forget its login."""
    response.delete_cookie(COOKIE, path=_PATH, samesite="Lax")
