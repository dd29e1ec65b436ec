"""Who makes a request: the account or user that logged in, by token or Basic, and the user that `OnBehalfOf` names."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.casesystem.errors import Problem, Refusal, forbidden, invalid
from formcase.casesystem.login.attempts import LockedOutError, begin_attempt, succeeded
from formcase.casesystem.queries import query
from formcase.casesystem.reference import Reference, reference_at
from formcase.casesystem.rights import Actor

_REALM = "case system"
_CHALLENGE = {"WWW-Authenticate": f'Bearer realm="{_REALM}", Basic realm="{_REALM}", charset="UTF-8"'}
_REMEMBERED_LOGINS = 1000


@dataclass(frozen=True, slots=True)
class _Login:
    name: str
    user: str
    may_impersonate: bool
    secret: str | None
    revision: UUID | None


def authenticate(authorization: str, on_behalf_of: str | None) -> tuple[Actor, Reference]:
    """Who acts, and the reference data as it is now. Raises 401 or 403."""
    scheme, _space, credentials = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            login = _find("login_by_token", [token_digest(credentials.strip()), timezone.now()])
        case "basic":
            login = _by_password(*_name_and_secret(credentials.strip()))
        case _:
            login = None
    if login is None:
        raise unauthorized()
    reference = reference_at(login.revision)
    user = reference.users.get(login.user)
    if user is None or not user.enabled:
        raise unauthorized()
    if on_behalf_of is None:
        return reference.actor(user, login.name), reference
    wanted = _wanted_user(on_behalf_of)
    executing = reference.users.get(wanted)
    allowed = login.may_impersonate or wanted == login.user
    if not allowed or executing is None or not executing.enabled:
        message = _("{account} may not act as {user}, or there is no such user.")
        raise forbidden(message.format(account=login.name, user=wanted), code="ImpersonationRefused")
    return reference.actor(executing, login.name), reference


def secret_matches(name: str, secret: str) -> bool:
    """Whether an account has this secret."""
    return _by_password(name, secret) is not None


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def unauthorized() -> Refusal:
    """401."""
    problem = Problem("Unauthorized", _("Log in with a token or with name and password."))
    return Refusal(HTTPStatus.UNAUTHORIZED, problem, headers=_CHALLENGE)


def _find(name: str, parameters: list[str | datetime]) -> _Login | None:
    with connection.cursor() as cursor:
        cursor.execute(query(name), parameters)
        row = cursor.fetchone()
    return None if row is None else _Login(*row)


class _KnownSecrets:
    """Secrets that were right before, as keyed digests: a password hash is too slow to compute for each request.

    The stored hash is part of the digest, so a changed secret counts at once.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, secret: str, stored: str) -> bool:
        """Whether the secret was the stored one before."""
        digest = self._digest(secret, stored)
        with self._lock:
            if digest in self._known:
                self._known.move_to_end(digest)
                return True
        return False

    def matches(self, secret: str, stored: str) -> bool:
        """Whether the secret is the stored one; known from then on."""
        if not check_password(secret, stored):
            return False
        with self._lock:
            self._known[self._digest(secret, stored)] = None
            while len(self._known) > _REMEMBERED_LOGINS:
                self._known.popitem(last=False)
        return True

    def _digest(self, secret: str, stored: str) -> bytes:
        return hmac.digest(self._key, f"{stored}\0{secret}".encode(), "sha256")


_known_secrets = _KnownSecrets()


def _by_password(name: str, secret: str) -> _Login | None:
    login = _find("login_by_name", [name]) if "\x00" not in name else None
    if login is None or login.secret is None:
        make_password(secret)  # an unknown name takes as long as a wrong password
        return None
    if _known_secrets.knows(secret, login.secret):
        return login
    if login.may_impersonate:  # an integration's secret is long; a lock would only let others stop the integration
        return login if _known_secrets.matches(secret, login.secret) else None
    try:
        begin_attempt(name)
    except LockedOutError:
        return None
    if not _known_secrets.matches(secret, login.secret):
        return None
    succeeded(name)
    return login


def _name_and_secret(credentials: str) -> tuple[str, str]:
    try:
        name, colon, secret = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthorized() from None
    if not colon:
        raise unauthorized()
    return name, secret


def _wanted_user(header: str) -> str:
    kind, equals, user = header.partition("=")
    if kind.strip().lower() != "user" or not equals or not user.strip():
        raise invalid("InvalidHeader", _("OnBehalfOf must be User=<ID>."), "OnBehalfOf")
    return user.strip()
