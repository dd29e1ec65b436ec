"""Lock-out: after too many failed attempts a name, or an address, has to wait. Counted in the database, for all
processes together.

An attempt is counted before the password is looked at, so that many at once don't slip through. Names that there
are not are counted alike, so that the lock tells nothing.
"""

import hashlib
from datetime import timedelta

from django.utils import timezone

from formcase.formservice.models import SignInAttempt

PER_NAME, NAME_WAITS = 5, timedelta(minutes=15)
PER_ADDRESS, ADDRESS_WAITS = 30, timedelta(minutes=5)


class LockedOut(Exception):
    """Too many attempts failed; whoever it is must wait."""


def begin_attempt(name: str, address: str) -> None:
    """Count an attempt on this name from this address. Raises `LockedOut`."""
    now, digest = timezone.now(), _digest(name)
    on_name = SignInAttempt.objects.filter(name_digest=digest, at__gt=now - NAME_WAITS).count()
    from_address = SignInAttempt.objects.filter(address=address, at__gt=now - ADDRESS_WAITS).count()
    if on_name >= PER_NAME or from_address >= PER_ADDRESS:
        raise LockedOut
    SignInAttempt.objects.create(name_digest=digest, address=address, at=now)


def succeeded(name: str) -> None:
    """Forget the failed attempts on this name."""
    SignInAttempt.objects.filter(name_digest=_digest(name)).delete()


def forget_old() -> None:
    """Forget attempts that count no more."""
    SignInAttempt.objects.filter(at__lt=timezone.now() - max(NAME_WAITS, ADDRESS_WAITS)).delete()


def _digest(name: str) -> str:
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()
