"""Administrators and their passwords, which are kept as Argon2 hashes."""

import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password

from formcase.formservice.administration.attempts import begin_attempt, succeeded
from formcase.formservice.models import Administrator, AdministratorSession

FIRST = "administrator"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another


def administrator_with(name: str, password: str, address: str) -> Administrator | None:
    """The administrator of this name and password; None where there is none. Raises `attempts.LockedOut`."""
    begin_attempt(name, address)
    found = None if "\0" in name else Administrator.objects.filter(name=name.strip()).first()
    if found is None:
        make_password(password)  # an unknown name takes as long as a wrong password
        return None
    if not check_password(password, found.password):
        return None
    succeeded(name)
    return found


def set_password(administrator: Administrator, password: str, *, must_change: bool) -> None:
    """Give an administrator a password. Whoever is signed in as that one no longer is."""
    administrator.password = make_password(password)
    administrator.must_change = must_change
    administrator.save(update_fields=["password", "must_change"])
    AdministratorSession.objects.filter(administrator=administrator).delete()


def check_new_password(password: str) -> None:
    """Raises Django's ValidationError where a password is too weak."""
    validate_password(password)


def give_password(name: str, *, must_change: bool = True) -> str:
    """A new password for the administrator of this name, who comes to be where there is none."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _part in range(4))
    administrator, _made = Administrator.objects.get_or_create(name=name.strip())
    set_password(administrator, password, must_change=must_change)
    succeeded(name)
    return password


def first_administrator(*, must_change: bool) -> tuple[str, str] | None:
    """Name and password of a first administrator; None where there are administrators already."""
    if Administrator.objects.exists():
        return None
    return FIRST, give_password(FIRST, must_change=must_change)
