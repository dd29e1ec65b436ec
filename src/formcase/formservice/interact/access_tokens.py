"""Access tokens: signed by the form service, bound to the client's certificate (RFC 8705), short-lived."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac

from formcase.formservice.interact.peers import PeerCertificate
from formcase.formservice.refusals import Reason

_ISSUER = "formservice"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as the token endpoint answers it; `expires_in` in seconds."""

    text: str
    expires_in: int


class TokenRefused(Exception):
    """A token that does not let this caller in. client_id: whose it is, where it is one of ours."""

    def __init__(self, text: str, reason: Reason, client_id: str = "") -> None:
        super().__init__(text)
        self.reason = reason
        self.client_id = client_id


def issue_token(client_id: str, peer: PeerCertificate | None) -> IssuedToken:
    """A token for this client, of use only together with this certificate."""
    expires_in: int = getattr(settings, "FORMSERVICE_TOKEN_SECONDS", 600)
    now = int(datetime.now(UTC).timestamp())
    claims: dict[str, object] = {
        "iss": _ISSUER,
        "aud": _ISSUER,
        "sub": client_id,
        "iat": now,
        "exp": now + expires_in,
        "jti": secrets.token_urlsafe(16),
    }
    if peer is not None:
        claims["cnf"] = {"x5t#S256": _thumbprint(peer)}
    return IssuedToken(jwt.encode(claims, _key(), algorithm="HS256", headers={"typ": "at+jwt"}), expires_in)


def client_id_of(token: str, peer: PeerCertificate | None) -> str:
    """Whose token this is; refused where it is not ours, has expired, or is bound to another certificate."""
    try:
        claims = jwt.decode(
            token,
            _key(),
            algorithms=["HS256"],
            issuer=_ISSUER,
            audience=_ISSUER,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        reason = Reason.TOKEN_EXPIRED if isinstance(error, jwt.ExpiredSignatureError) else Reason.TOKEN_INVALID
        raise TokenRefused("The token is not valid, or not any more.", reason) from None
    bound_to = claims.get("cnf", {}).get("x5t#S256")
    if bound_to != (None if peer is None else _thumbprint(peer)):
        text = "The token is bound to another certificate than the connection's."
        raise TokenRefused(text, Reason.TOKEN_OF_OTHER, str(claims["sub"]))
    return str(claims["sub"])


def _key() -> bytes:
    return salted_hmac("formcase.formservice.access_token", "key", algorithm="sha256").digest()


def _thumbprint(peer: PeerCertificate) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(peer.sha256)).decode().rstrip("=")
