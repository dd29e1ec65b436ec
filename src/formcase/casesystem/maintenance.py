"""Clears away what is not needed any more. Safe to run at any time, on any number of machines."""

from dataclasses import dataclass

from django.utils import timezone

from formcase.casesystem import documents, repeatability
from formcase.casesystem.models import Token, UsedAssertion


@dataclass(frozen=True, slots=True)
class Cleared:
    """How much went."""

    remembered_requests: int
    documents: int
    tokens: int


def clear_away() -> Cleared:
    """Requests older than 7 days, files that no document took up, expired tokens and assertions."""
    now = timezone.now()
    UsedAssertion.objects.filter(expires__lt=now).delete()
    tokens, _rows = Token.objects.filter(expires__lt=now).delete()
    return Cleared(repeatability.purge(now), documents.purge(now), tokens)
