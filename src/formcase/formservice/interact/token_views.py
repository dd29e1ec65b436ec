"""The token endpoint: a client proves itself by its certificate and a signed assertion, and gets a token for calls."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from formcase.formservice.authority import own_host_names
from formcase.formservice.calls import claimed
from formcase.formservice.interact.access import enter
from formcase.formservice.interact.access_tokens import issue_token
from formcase.formservice.interact.assertions import AssertionRefused, prove_client
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.peers import PeerCertificate, called_by
from formcase.formservice.interact.threads import in_database
from formcase.formservice.refusals import Reason

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_log = structlog.get_logger()


class _TokenError(Exception):
    """An error of RFC 6749, 5.2; reason: for the log of calls."""

    def __init__(
        self,
        error: str,
        description: str,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        reason: Reason = Reason.MALFORMED,
    ) -> None:
        super().__init__(description)
        self.reason = reason
        self.error = error
        self.description = description
        self.status = status


async def token(request: HttpRequest) -> HttpResponse:
    """`POST …/oauth2/token`."""
    peer = enter(request)
    try:
        fields = _fields(request)
        client_id = await _proven(request, fields, peer)
    except _TokenError as refusal:
        notes_of(request).refused(refusal.reason, refusal.description)
        _log.info("token refused", error=refusal.error, reason=refusal.description)
        return _refusal(refusal)
    notes_of(request).is_let_in = True
    issued = issue_token(client_id, peer)
    answer = {"access_token": issued.text, "token_type": "Bearer", "expires_in": issued.expires_in}
    return _answer(answer, HTTPStatus.OK)


def _fields(request: HttpRequest) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise _TokenError("invalid_request", "The request is to be application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise _TokenError("invalid_request", "The request's body can't be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _TokenError("invalid_request", "A parameter stands twice.")
    return fields


async def _proven(request: HttpRequest, fields: dict[str, str], peer: PeerCertificate | None) -> str:
    grant_type = fields.get("grant_type")
    if not grant_type or not fields.get("client_id"):
        raise _TokenError("invalid_request", "grant_type and client_id are needed.")
    if grant_type != "client_credentials":
        raise _TokenError("unsupported_grant_type", "Only client_credentials is a grant here.")
    assertion = fields.get("client_assertion")
    if not assertion or fields.get("client_assertion_type") != _ASSERTION_TYPE:
        description = f"A client_assertion is needed, and client_assertion_type {_ASSERTION_TYPE}."
        raise _invalid_client(description)
    client_id = fields["client_id"]
    notes_of(request).client_id = claimed(client_id)
    if not client_id.isprintable():
        raise _invalid_client("There is no such client.", Reason.CLIENT_UNKNOWN)
    try:
        client = await in_database(prove_client, client_id, assertion, peer, _audiences(request))
    except AssertionRefused as refusal:
        raise _invalid_client(str(refusal), refusal.reason) from None
    return client.client_id


def _audiences(request: HttpRequest) -> frozenset[str]:
    """The addresses of this endpoint: those that are configured, and the one that was called, if its host is ours."""
    configured: Sequence[str] = getattr(settings, "FORMSERVICE_URLS", ())
    audiences = {f"{url.rstrip('/')}/oauth2/token" for url in configured}
    called = f"{called_by(request)}://{request.headers.get('Host', '')}{request.path}"
    try:
        host = urlsplit(called).hostname
    except ValueError:
        host = None
    if host in own_host_names():
        audiences.add(called)
    return frozenset(audiences)


def _invalid_client(description: str, reason: Reason = Reason.ASSERTION_REFUSED) -> _TokenError:
    return _TokenError("invalid_client", description, HTTPStatus.UNAUTHORIZED, reason)


def _refusal(refusal: _TokenError) -> HttpResponse:
    answer = {"error": refusal.error, "error_description": refusal.description}
    response = _answer(answer, refusal.status)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="interact"'
    return response


def _answer(document: dict[str, object] | dict[str, str], status: HTTPStatus) -> HttpResponse:
    content = json.dumps(document).encode()
    response = HttpResponse(content, status=status, content_type="application/json")
    response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
