"""Passwords of the users of the pages: Argon2 hashes on their accounts. Integrations have secrets of their own kind."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password

from formcase.casesystem.login.attempts import begin_attempt, succeeded
from formcase.casesystem.models import Account, Login, User

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another


@dataclass(frozen=True, slots=True)
class _Named:
    """What a new password must not resemble, as Django's rules want it."""

    username: str
    first_name: str
    last_name: str = ""
    email: str = ""


def account_with(name: str, password: str, address: str) -> Account | None:
    """The account of a person with this name and password; None where there is none. Raises LockedOutError."""
    begin_attempt(name, address)
    account = _person(name)
    if account is None or account.secret is None:
        make_password(password)  # an unknown name takes as long as a wrong password
        return None
    if not check_password(password, account.secret):
        return None
    succeeded(name)
    return account


def set_password(account: Account, password: str, *, must_change: bool, keep: str | None = None) -> None:
    """Give an account a password and end its logins, but for the one whose digest is to be kept."""
    account.secret = make_password(password)
    account.must_change_secret = must_change
    account.save(update_fields=["secret", "must_change_secret"])
    Login.objects.filter(account=account).exclude(digest=keep or "").delete()


def give_password(user: User) -> str:
    """A new password for a user, to be handed over and changed at the first log-in."""
    account, _made = Account.objects.get_or_create(name=user.key, defaults={"user": user})
    password = "-".join("".join(secrets.choice(_LETTERS) for _place in range(5)) for _part in range(4))
    set_password(account, password, must_change=True)
    return password


def check_new_password(account: Account, password: str) -> None:
    """Raises Django's ValidationError where a password is too weak."""
    validate_password(password, user=_Named(account.name, account.user.name))  # type: ignore[arg-type]


def _person(name: str) -> Account | None:
    """An account that a person logs in with: enabled, of a user, and not an integration's."""
    if "\x00" in name:
        return None
    people = Account.objects.select_related("user").filter(user__enabled=True, may_impersonate=False)
    return people.filter(name=name.strip()).first() or people.filter(name=name.strip().upper()).first()
