"""Lock-out: after too many failed attempts a name, or an address, has to wait. Counted in the database, for all
processes together.

An attempt is counted before the password is looked at, so that many at once can't slip through; success takes the
name's attempts away. Names that there are not are counted alike, so that the lock tells nothing.
"""

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from formcase.casesystem.models import LoginAttempt

PER_NAME = 5
NAME_WAITS = timedelta(minutes=15)
PER_ADDRESS = 30
ADDRESS_WAITS = timedelta(minutes=5)
_KEPT = timedelta(days=1)


class LockedOutError(Exception):
    """Too many attempts failed. Whoever it is must wait."""


def begin_attempt(name: str, address: str = "") -> None:
    """Count an attempt on this name from this address, where it is known. Raises LockedOutError."""
    now = timezone.now()
    digest = name_digest(name)
    if _is_locked(digest, address, now):
        raise LockedOutError
    LoginAttempt.objects.create(name_digest=digest, address=address, at=now)


def succeeded(name: str) -> None:
    """Forget the failed attempts on this name."""
    LoginAttempt.objects.filter(name_digest=name_digest(name)).delete()


def name_digest(name: str) -> str:
    """What is kept of a name."""
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()


def purge(now: datetime) -> int:
    """Forget attempts that count no more; how many."""
    number, _rows = LoginAttempt.objects.filter(at__lt=now - _KEPT).delete()
    return number


def _is_locked(digest: str, address: str, now: datetime) -> bool:
    on_name = LoginAttempt.objects.filter(name_digest=digest, at__gt=now - NAME_WAITS).count()
    if on_name >= PER_NAME:
        return True
    if not address:
        return False
    return LoginAttempt.objects.filter(address=address, at__gt=now - ADDRESS_WAITS).count() >= PER_ADDRESS
