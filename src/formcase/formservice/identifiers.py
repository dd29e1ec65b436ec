"""The ids that a submission gets: its own, and the reference ID that people see and quote. None is ever given twice."""

import secrets

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from formcase.formservice.lexical import IDENTIFIER
from formcase.formservice.models import IssuedIdentifiers
from formcase.formservice.problems import Problem, Refused

# without I, L, O, U, 0 and 1: nobody has to guess, and no word comes out by chance
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTHS = ((3, 3), (3, 4), (4, 4), (5, 5), (8, 8))
_TRIES_PER_LENGTH = 8


class IdentifierRefused(Refused):
    """An id that was asked for and can't be given."""


def issue(submission_id: str | None = None, reference_id: str | None = None) -> IssuedIdentifiers:
    """Give a submission its ids, the ones asked for or new ones. To be called in the transaction that stores it."""
    _check_asked(submission_id, "submission_id")
    _check_asked(reference_id, "reference_id")
    own = submission_id or _next_submission_id()
    if reference_id:
        return _issued(own, reference_id) or _refuse("reference_id")
    for lengths in _LENGTHS:
        for _attempt in range(_TRIES_PER_LENGTH):
            issued = _issued(own, "-".join(_drawn(length) for length in lengths))
            if issued:
                return issued
    raise AssertionError("no reference ID is left among 30^16")


def _check_asked(identifier: str | None, which: str) -> None:
    if identifier is not None and not IDENTIFIER.fullmatch(identifier):
        text = _("An id has at most 64 characters: letters, digits, “.”, “_” and “-”, the first one no dot.")
        raise IdentifierRefused([Problem((which,), text)])
    if identifier and which == "submission_id" and IssuedIdentifiers.objects.filter(submission_id=identifier).exists():
        _refuse(which)


def _refuse(which: str) -> IssuedIdentifiers:
    text = _("Another submission has this id already; an id is never given twice.")
    raise IdentifierRefused([Problem((which,), text)])


def _next_submission_id() -> str:
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('formservice_submission_number')")
            number = cursor.fetchone()[0]
        identifier = f"s-{number}"
        if not IssuedIdentifiers.objects.filter(submission_id=identifier).exists():
            return identifier


def _issued(submission_id: str, reference_id: str) -> IssuedIdentifiers | None:
    try:
        with transaction.atomic():
            return IssuedIdentifiers.objects.create(submission_id=submission_id, reference_id=reference_id)
    except IntegrityError:
        return None


def _drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _position in range(length))
