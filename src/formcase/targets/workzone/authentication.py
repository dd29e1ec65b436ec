"""Logging in at the case system: HTTP Basic, or OAuth2 client credentials with a token that is renewed in time."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from yarl import URL

from formcase.messages import Message, message
from formcase.outcomes import Setup
from formcase.targets.workzone.answer import Answer
from formcase.targets.workzone.errors import temporary
from formcase.targets.workzone.settings import (
    Authentication,
    CertificateAssertion,
    ClientSecret,
    Password,
    token_address,
)

_TRIED = message("Asking for a token for the case system")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE = 300
_LIFE_WHERE_NOT_SAID = 300
_RENEW_EARLY = 60
_CURVE_ALGORITHMS = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

PostForm = Callable[[Message, URL, dict[str, str]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    renew_at: float


class Login:
    """Gives the `Authorization` header of a request. One token for everybody, asked for by one of them at a time."""

    def __init__(self, authentication: Authentication, post: PostForm) -> None:
        self._authentication = authentication
        self._post = post
        self._token: _Token | None = None
        self._renewing = asyncio.Lock()

    @property
    def renewable(self) -> bool:
        """Whether a refused header may be worth a new one."""
        return not isinstance(self._authentication, Password)

    async def header(self) -> str:
        """The header's value. Raises `Setup` where the login is refused, `Passing` where it can't be asked now."""
        authentication = self._authentication
        if isinstance(authentication, Password):
            pair = f"{authentication.user}:{authentication.password}".encode()
            return "Basic " + base64.b64encode(pair).decode()
        async with self._renewing:
            if self._token is None or time.monotonic() >= self._token.renew_at:
                self._token = await self._ask(authentication)
            return f"Bearer {self._token.value}"

    def forget(self, header: str) -> None:
        """The case system refused this header: the next request asks for a new token."""
        if self._token is not None and header == f"Bearer {self._token.value}":
            self._token = None

    async def _ask(self, authentication: ClientSecret | CertificateAssertion) -> _Token:
        url = token_address(authentication)
        form = {"grant_type": "client_credentials", "client_id": authentication.client_id}
        if authentication.scope:
            form["scope"] = authentication.scope
        if isinstance(authentication, ClientSecret):
            form["client_secret"] = authentication.client_secret
        else:
            form |= {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": _assertion(authentication, url)}
        return _read(await self._post(_TRIED, url, form))


def _assertion(authentication: CertificateAssertion, url: URL) -> str:
    try:
        certificate = x509.load_pem_x509_certificate(authentication.certificate)
        key = load_pem_private_key(authentication.key, password=None)
    except (ValueError, TypeError):
        raise Setup(_TRIED, message("The certificate or its key can't be read."), _renew_certificate()) from None
    now = int(time.time())
    claims = {
        "iss": authentication.client_id,
        "sub": authentication.client_id,
        "aud": str(url),
        "jti": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + _ASSERTION_LIFE,
    }
    thumbprints = {
        "x5t": _base64url(certificate.fingerprint(SHA1())),  # noqa: S303 – RFC 7515 names it so; it proves nothing
        "x5t#S256": _base64url(certificate.fingerprint(SHA256())),
    }
    match key:
        case rsa.RSAPrivateKey():
            return jwt.encode(claims, key, algorithm="RS256", headers=thumbprints)
        case ec.EllipticCurvePrivateKey() if key.curve.name in _CURVE_ALGORITHMS:
            return jwt.encode(claims, key, algorithm=_CURVE_ALGORITHMS[key.curve.name], headers=thumbprints)
    raise Setup(_TRIED, message("The certificate's key is of a kind that can't sign here."), _renew_certificate())


def _read(answer: Answer) -> _Token:
    passing = temporary(_TRIED, answer)
    if passing is not None:
        raise passing
    content = answer.json() or {}
    if answer.status != 200:
        error = content.get("error")
        said = error if isinstance(error, str) and error.isascii() and error.isprintable() else ""
        raise Setup(
            _TRIED,
            message("It was refused ({status} {error}).", status=answer.status, error=said[:60]),
            message("Check client ID, client secret or certificate, scope and token address of the case system."),
        )
    value, life = content.get("access_token"), content.get("expires_in", _LIFE_WHERE_NOT_SAID)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise Setup(_TRIED, message("The answer holds no token."), message("Check the token address."))
    seconds = _seconds(life)
    return _Token(value, time.monotonic() + max(seconds - _RENEW_EARLY, seconds / 2))


def _seconds(life: object) -> float:
    """Some services write `expires_in` as text."""
    try:
        seconds = float(life) if isinstance(life, int | float | str) else _LIFE_WHERE_NOT_SAID
    except ValueError:
        return _LIFE_WHERE_NOT_SAID
    return seconds if 0 <= seconds < 10**9 else _LIFE_WHERE_NOT_SAID


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _renew_certificate() -> Message:
    return message("Give the certificate and its key as PEM, the key without a password.")
