"""Who is signed in: sessions with a cookie of their own, so that signing in to another part of Formcase in the same
browser changes nothing here."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from formcase.formservice.models import Administrator, AdministratorSession

COOKIE = "formservice_administrator"
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=10)
_NOTED_EVERY = timedelta(minutes=1)


def begin_session(administrator: Administrator) -> str:
    """Sign an administrator in; what the browser is to keep."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    AdministratorSession.objects.create(digest=_digest(token), administrator=administrator, begun_at=now, used_at=now)
    Administrator.objects.filter(pk=administrator.pk).update(last_sign_in=now)
    return token


def administrator_of(token: str) -> Administrator | None:
    """The administrator whose browser keeps this; None where the session has ended."""
    now = timezone.now()
    session = AdministratorSession.objects.select_related("administrator").filter(digest=_digest(token)).first()
    if session is None or session.used_at < now - IDLE or session.begun_at < now - LONGEST:
        return None
    if session.used_at < now - _NOTED_EVERY:
        AdministratorSession.objects.filter(pk=session.pk).update(used_at=now)
    return session.administrator


def end_session(token: str) -> None:
    """Sign a browser out."""
    AdministratorSession.objects.filter(digest=_digest(token)).delete()


def forget_ended() -> None:
    """Forget sessions that have ended by themselves."""
    now = timezone.now()
    AdministratorSession.objects.filter(used_at__lt=now - IDLE).delete()
    AdministratorSession.objects.filter(begun_at__lt=now - LONGEST).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
