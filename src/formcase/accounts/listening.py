"""What happens at signing in, written into the audit log."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.http import HttpRequest

from formcase.accounts.models import User
from formcase.audit.recording import Object, record


def listen() -> None:
    """Connect to the signals of Django and allauth."""
    account.user_logged_in.connect(_signed_in)
    auth.user_logged_out.connect(_signed_out)
    auth.user_login_failed.connect(_refused)
    account.password_changed.connect(_password_changed)
    second_factor.authenticator_added.connect(_factor_added)
    second_factor.authenticator_removed.connect(_factor_removed)
    second_factor.authenticator_reset.connect(_codes_made_anew)
    second_factor.authentication_failed.connect(_factor_refused)


def about(user: User) -> Object:
    """A user as the object of a change."""
    return Object("user", str(user.pk), user.username)


def _signed_in(user: User, **_: Any) -> None:
    record(user.username, "signed in", about(user))


def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record(user.username, "signed out", about(user))


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    # what was typed may be anything, even a password in the wrong field, so it is written where it is a user's name
    user = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
    if user is not None:
        record(user.username, "sign-in refused", about(user))


def _password_changed(user: User, **_: Any) -> None:
    record(user.username, "password changed", about(user))


def _factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(user.username, "second factor added", about(user), after={"type": authenticator.type})


def _factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(user.username, "second factor removed", about(user), before={"type": authenticator.type})


def _codes_made_anew(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(user.username, "second factor made anew", about(user), after={"type": authenticator.type})


def _factor_refused(user: User, **_: Any) -> None:
    record(user.username, "second factor refused", about(user))
