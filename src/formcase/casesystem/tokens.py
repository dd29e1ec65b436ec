"""The token endpoint: OAuth 2 client credentials, with a secret (RFC 6749) or an assertion signed with the account's
certificate (RFC 7523)."""

import base64
import binascii
import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import unquote_plus

import jwt
from cryptography import x509
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from formcase.casesystem.authentication import secret_matches, token_digest
from formcase.casesystem.models import Account, Token, UsedAssertion

_LIFETIME = timedelta(hours=1)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"]
_LEEWAY = timedelta(seconds=60)
_LONGEST_ASSERTION = timedelta(hours=1)


class _TokenRefusedError(Exception):
    def __init__(self, error: str, description: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """Give out an access token for an hour."""
    try:
        if request.POST.get("grant_type") != "client_credentials":
            raise _TokenRefusedError("unsupported_grant_type", "grant_type must be client_credentials")
        account = _account(request)
        value = secrets.token_urlsafe(32)
        now = timezone.now()
        Token.objects.filter(expires__lt=now).delete()
        Token.objects.create(digest=token_digest(value), account=account, expires=now + _LIFETIME)
    except _TokenRefusedError as refused:
        return _refusal(refused)
    content = {"access_token": value, "token_type": "Bearer", "expires_in": int(_LIFETIME.total_seconds())}
    if scope := request.POST.get("scope"):
        content["scope"] = scope
    return _uncached(JsonResponse(content))


def _account(request: HttpRequest) -> Account:
    if request.POST.get("client_assertion_type") is not None:
        return _by_assertion(request)
    name, secret = _basic(request) or (request.POST.get("client_id", ""), request.POST.get("client_secret", ""))
    if not name or not secret or not secret_matches(name, secret):
        raise _invalid_client("unknown client, or wrong secret")
    return Account.objects.get(name=name)


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _invalid_client("the Authorization header can't be read") from None
    if not colon:
        raise _invalid_client("the Authorization header can't be read")
    # RFC 6749, 2.3.1: both are form-encoded before they are joined. A client that forgot it has no % in them.
    plain = secret_matches(name, secret)
    return (name, secret) if plain else (unquote_plus(name), unquote_plus(secret))


def _by_assertion(request: HttpRequest) -> Account:
    if request.POST.get("client_assertion_type") != _ASSERTION_TYPE:
        raise _TokenRefusedError("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}")
    assertion = request.POST.get("client_assertion", "")
    try:
        claimed = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    except jwt.InvalidTokenError:
        raise _invalid_client("the assertion can't be read") from None
    account = Account.objects.filter(name=claimed).first() if isinstance(claimed, str) else None
    if account is None or account.certificate is None:
        raise _invalid_client("unknown client, or it has no certificate here")
    claims = _verified(request, assertion, account.certificate)
    if claims["iss"] != account.name or claims["sub"] != account.name:
        raise _invalid_client("iss and sub must both be the client")
    _use_once(account, claims)
    return account


def _verified(request: HttpRequest, assertion: str, pem: str) -> dict[str, object]:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise _invalid_client("the client's certificate is not valid now")
    audience = getattr(settings, "CASESYSTEM_TOKEN_AUDIENCE", None) or request.build_absolute_uri(request.path)
    try:
        claims: dict[str, object] = jwt.decode(
            assertion,
            key=certificate.public_key(),  # type: ignore[arg-type]
            algorithms=_ALGORITHMS,
            audience=audience,
            leeway=_LEEWAY,
            options={"require": ["exp", "aud", "iss", "sub", "jti"]},
        )
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise _invalid_client(f"the assertion is not valid: {type(error).__name__}") from None
    return claims


def _use_once(account: Account, claims: dict[str, object]) -> None:
    expires = datetime.fromtimestamp(int(str(claims["exp"])), UTC)
    now = timezone.now()
    if expires > now + _LONGEST_ASSERTION:
        raise _invalid_client("the assertion is valid for longer than an hour")
    UsedAssertion.objects.filter(expires__lt=now - 2 * _LEEWAY).delete()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(account=account, identifier=str(claims["jti"]), expires=expires)
    except IntegrityError:
        raise _invalid_client("the assertion was used before") from None


def _invalid_client(description: str) -> _TokenRefusedError:
    return _TokenRefusedError("invalid_client", description, HTTPStatus.UNAUTHORIZED)


def _refusal(refused: _TokenRefusedError) -> JsonResponse:
    content = {"error": refused.error, "error_description": refused.description}
    response = JsonResponse(content, status=refused.status)
    if refused.status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="case system"'
    return _uncached(response)


def _uncached(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
