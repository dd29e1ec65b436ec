"""What administrators do with users: make, change, disable, give a new password, reset the second factor. Every
change is in the audit log; a password is never in it."""

import secrets
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from formcase.accounts.listening import about
from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.audit.recording import record, record_change

FIRST_ADMINISTRATOR = "administrator"
_CHANGEABLE = ("username", "full_name", "role", "is_active", "provider_login")


class UnknownUser(LookupError):
    """There is no user of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no user “{name}”.")
        self.name = name


class LastAdministrator(Exception):
    """Somebody must remain who may do everything."""

    def __init__(self) -> None:
        super().__init__(_("This is the last administrator who may sign in. Make another one first."))


def find(name: str) -> User:
    """The user of this name, whatever its capitals. Raises `UnknownUser`."""
    user = User.objects.filter(username__iexact=name).first()
    if user is None:
        raise UnknownUser(name)
    return user


def new_password() -> str:
    """A password that nobody can guess and everybody can type: four groups of letters and digits that look alike to
    no other."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _letter in range(5)) for _group in range(4))


@transaction.atomic
def create(
    actor: HttpRequest | str, values: Mapping[str, object], password: str | None = None, *, must_change: bool = True
) -> User:
    """Make a user. values: username, full_name, role, provider_login; without a password the user signs in by the
    provider alone. Raises `ValidationError`."""
    user = User(**{name: values[name] for name in _CHANGEABLE if name in values})
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
        user.must_change_password = must_change
    user.full_clean()
    user.save()
    record(actor, "user created", about(user), after=_shown(user))
    return user


@transaction.atomic
def change(actor: HttpRequest | str, user: User, values: Mapping[str, object]) -> User:
    """Change what an administrator may. Raises `ValidationError` or `LastAdministrator`."""
    administrators = _locked_administrators()
    locked = _locked(user)
    before = _shown(locked)
    for name in _CHANGEABLE:
        if name in values:
            setattr(locked, name, values[name])
    locked.full_clean()
    if administrators == {locked.pk} and not locked.may(Role.ADMINISTRATOR):
        raise LastAdministrator
    locked.save()
    record_change(actor, "user changed", about(locked), before, _shown(locked))
    return locked


@transaction.atomic
def set_password(actor: HttpRequest | str, user: User, password: str, *, must_change: bool = True) -> None:
    """Give a new password; the user's sessions end with the old one. Raises `ValidationError`."""
    locked = _locked(user)
    validate_password(password, locked)
    locked.set_password(password)
    locked.must_change_password = must_change
    locked.save()
    record(actor, "password set", about(locked))


@transaction.atomic
def reset_second_factor(actor: HttpRequest | str, user: User) -> int:
    """Take away every second factor of a user who lost them; how many there were."""
    factors = Authenticator.objects.filter(user=user)
    types = sorted(factors.values_list("type", flat=True))
    if types:
        factors.delete()
        record(actor, "second factor reset", about(user), before={"types": types})
    return len(types)


@transaction.atomic
def first_administrator(*, must_change: bool) -> tuple[User, str] | None:
    """The administrator whom a new installation begins with, and the password, which is known here and now alone;
    None where there are users."""
    if User.objects.exists():
        return None
    password = new_password()
    values = {"username": FIRST_ADMINISTRATOR, "role": Role.ADMINISTRATOR}
    try:
        return create("first start", values, password, must_change=must_change), password
    except ValidationError:  # another process was faster
        return None


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _locked_administrators() -> set[int]:
    """Those who may do everything now, locked, so that two of them can't disable each other at the same time."""
    found = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    return {user.pk for user in found}


def _shown(user: User) -> dict[str, object]:
    return {name: getattr(user, name) for name in _CHANGEABLE}
