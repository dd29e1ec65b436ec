"""Client assertions (RFC 7523): who asks for a token, proven by a JWT signed with the client's certificate's key.

Whatever is wrong, the answer says only which rule was broken: a caller without the key learns nothing of the client.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import IntegrityError, transaction
from django.utils import timezone

from formcase.formservice.interact.peers import PeerCertificate
from formcase.formservice.models import Client, ClientCertificate, UsedAssertion
from formcase.formservice.refusals import Reason, why_refused

if TYPE_CHECKING:
    from jwt.types import Options

TOLERANCE = 30
LONGEST_LIFE = 300
# the claims are checked here, each with its own words
_ONLY_THE_SIGNATURE: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_KEYS: Mapping[str, type[rsa.RSAPublicKey] | type[ec.EllipticCurvePublicKey]] = {
    "RS256": rsa.RSAPublicKey,
    "PS256": rsa.RSAPublicKey,
    "ES256": ec.EllipticCurvePublicKey,
}


class AssertionRefused(Exception):
    """The assertion proves nothing; the text says why, without naming what is known of the client. reason: the same for
    those who may know."""

    def __init__(self, text: str, reason: Reason = Reason.ASSERTION_REFUSED) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claims:
    """What the checked assertion claims beside the client's name."""

    jti: str
    expires: float


def prove_client(client_id: str, assertion: str, peer: PeerCertificate | None, audiences: frozenset[str]) -> Client:
    """The client that this assertion proves. Asks and writes the database: an assertion is good once."""
    header = _header(assertion)
    certificate = _certificate(client_id, header, peer)
    payload = _payload(assertion, str(header["alg"]), certificate)
    claims = _check_claims(payload, client_id, audiences)
    _use(certificate.client, claims)
    return certificate.client


def _header(assertion: str) -> Mapping[str, object]:
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError:
        raise AssertionRefused("The client assertion is no JWT.") from None
    if header.get("alg") not in _KEYS:
        raise AssertionRefused("The client assertion is to be signed with RS256, PS256 or ES256.")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in {"jwt", "client-authentication+jwt"}:
        raise AssertionRefused("The client assertion's typ is not JWT.")
    return header


def _certificate(client_id: str, header: Mapping[str, object], peer: PeerCertificate | None) -> ClientCertificate:
    thumbprint, short_thumbprint = _thumbprint(header, "x5t#S256", 32), _thumbprint(header, "x5t", 20)
    now = timezone.now()
    certificate = (
        ClientCertificate.objects.select_related("client")
        .filter(client__client_id=client_id, sha256=thumbprint, sha1=short_thumbprint, revoked_at=None)
        .filter(not_before__lte=now, not_after__gte=now, client__disabled_at=None)
        .first()
    )
    if certificate is None:
        text = "There is no such client with a valid certificate of these thumbprints."
        raise AssertionRefused(text, why_refused(client_id, thumbprint))
    if peer is not None and peer.sha256 != certificate.sha256:
        raise AssertionRefused("The client assertion is signed with another certificate than the connection's.")
    return certificate


def _thumbprint(header: Mapping[str, object], name: str, length: int) -> str:
    value = header.get(name)
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", value):
            raise ValueError
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != length:
        raise AssertionRefused(f"The client assertion's header has no {name}, or one that is no thumbprint.")
    return raw.hex()


def _payload(assertion: str, algorithm: str, certificate: ClientCertificate) -> Mapping[str, object]:
    key = x509.load_der_x509_certificate(bytes(certificate.der)).public_key()
    kind = _KEYS[algorithm]
    if not isinstance(key, kind) or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise AssertionRefused(f"The certificate's key can't sign with {algorithm}.")
    try:
        payload: Mapping[str, object] = jwt.decode(assertion, key, algorithms=[algorithm], options=_ONLY_THE_SIGNATURE)
    except jwt.PyJWTError:
        raise AssertionRefused("The client assertion's signature is not the certificate's.") from None
    return payload


def _check_claims(payload: Mapping[str, object], client_id: str, audiences: frozenset[str]) -> Claims:
    if payload.get("iss") != client_id or payload.get("sub") != client_id:
        raise AssertionRefused("The client assertion's iss and sub must both be the client ID.")
    audience = payload.get("aud")
    if not isinstance(audience, str) or _comparable(audience) not in {_comparable(own) for own in audiences}:
        raise AssertionRefused("The client assertion's aud must be this token endpoint's address, as one string.")
    jti = payload.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= 255 or not jti.isprintable():
        raise AssertionRefused("The client assertion needs a jti of 1 to 255 printable characters.")
    return Claims(jti, _check_times(payload))


def _check_times(payload: Mapping[str, object]) -> float:
    now = datetime.now(UTC).timestamp()
    issued, expires = _seconds(payload, "iat"), _seconds(payload, "exp")
    if issued > now + TOLERANCE or ("nbf" in payload and _seconds(payload, "nbf") > now + TOLERANCE):
        raise AssertionRefused("The client assertion is not valid yet; do the clocks agree?")
    if expires <= now - TOLERANCE:
        raise AssertionRefused("The client assertion has expired; do the clocks agree?")
    if expires > now + LONGEST_LIFE + TOLERANCE or expires > issued + LONGEST_LIFE + TOLERANCE:
        raise AssertionRefused("The client assertion is valid for too long: at most 5 minutes.")
    return expires


def _seconds(payload: Mapping[str, object], name: str) -> float:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise AssertionRefused(f"The client assertion's {name} must be a number of seconds.")
    return float(value)


def _comparable(address: str) -> tuple[object, ...]:
    """An address with the host in small letters; everything else counts as it is written."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return (address,)
    if parts.username is not None or parts.query or parts.fragment or address.endswith(("?", "#")):
        return (address,)
    return (parts.scheme, (parts.hostname or "").lower(), port, parts.path)


def _use(client: Client, claims: Claims) -> None:
    now = timezone.now()
    UsedAssertion.objects.filter(expires_at__lt=now).delete()
    until = datetime.fromtimestamp(claims.expires, UTC) + timedelta(seconds=TOLERANCE + 5)
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(client=client, jti=claims.jti, expires_at=until)
    except IntegrityError:
        raise AssertionRefused("This client assertion was used before; every token needs a fresh jti.") from None
