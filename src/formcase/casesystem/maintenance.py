"""Clears away what is not needed any more. Safe to run at any time, on any number of machines."""

import threading
import time
from dataclasses import asdict, dataclass

import structlog
from django.db import DatabaseError
from django.utils import timezone

from formcase.casesystem import documents, repeatability
from formcase.casesystem.login import attempts, logins
from formcase.casesystem.models import Token, UsedAssertion

_EVERY = 3600.0  # seconds
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Cleared:
    """How much went."""

    remembered_requests: int
    documents: int
    tokens: int
    logins: int


def clear_away() -> Cleared:
    """Requests older than 7 days, files that no document took up, expired tokens and assertions, ended logins."""
    now = timezone.now()
    UsedAssertion.objects.filter(expires__lt=now).delete()
    tokens, _rows = Token.objects.filter(expires__lt=now).delete()
    attempts.purge(now)
    return Cleared(repeatability.purge(now), documents.purge(now), tokens, logins.purge(now))


class Caretaker:
    """Clears away once an hour, from within a process that serves requests."""

    def __init__(self, every: float = _EVERY) -> None:
        self._every = every
        self._due = time.monotonic() + every
        self._lock = threading.Lock()

    def look_around(self) -> None:
        """Clear away where it is time; else return at once."""
        with self._lock:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + self._every
        try:
            _log.info("cleared away", **asdict(clear_away()))
        except (DatabaseError, OSError) as error:
            # The request that brought us here has been answered well; the next hour tries again.
            _log.warning("could not clear away", error=type(error).__name__)


caretaker = Caretaker()
