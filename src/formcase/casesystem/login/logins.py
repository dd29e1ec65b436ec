"""Logins of browsers: begun, found again, ended. They have a cookie of their own, so that whoever is logged in to
another part of Formcase in the same browser is not touched by it."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from formcase.casesystem.authentication import token_digest
from formcase.casesystem.models import Account, Login

_IDLE = timedelta(hours=1)
_LONGEST = timedelta(hours=10)
_NOTED_EVERY = timedelta(minutes=1)


def begin_login(account: Account) -> str:
    """Log an account in; what the browser's cookie is to hold."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    Login.objects.create(digest=token_digest(token), account=account, begun=now, last_used=now)
    Account.objects.filter(pk=account.pk).update(last_login=now)
    return token


def find_login(token: str) -> Login | None:
    """The login that a cookie stands for; None where it has ended, or its user may not come in any more."""
    now = timezone.now()
    login = Login.objects.select_related("account__user").filter(digest=token_digest(token)).first()
    if login is None or not login.account.user.enabled or login.account.may_impersonate:
        return None
    if login.last_used < now - idle() or login.begun < now - longest():
        login.delete()
        return None
    if login.last_used < now - _NOTED_EVERY:
        Login.objects.filter(pk=login.pk).update(last_used=now)
    return login


def end_login(token: str) -> None:
    """Log a browser out."""
    Login.objects.filter(digest=token_digest(token)).delete()


def idle() -> timedelta:
    """How long a login lasts without being used."""
    return timedelta(seconds=getattr(settings, "CASESYSTEM_LOGIN_IDLE_SECONDS", _IDLE.total_seconds()))


def longest() -> timedelta:
    """How long a login lasts at most."""
    return timedelta(seconds=getattr(settings, "CASESYSTEM_LOGIN_SECONDS", _LONGEST.total_seconds()))


def purge(now: datetime) -> int:
    """Forget logins that have ended by themselves; how many."""
    ended = Login.objects.filter(last_used__lt=now - idle()) | Login.objects.filter(begun__lt=now - longest())
    number, _rows = ended.delete()
    return number
