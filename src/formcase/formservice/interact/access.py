"""Who is calling: each call's certificate and token, checked again at every call, and what the client may see."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest

from formcase.formservice.clients import client_of, client_without_certificate
from formcase.formservice.interact import limits
from formcase.formservice.interact.access_tokens import TokenRefused, client_id_of
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.peers import PeerCertificate, peer_certificate
from formcase.formservice.interact.problems import ProblemError
from formcase.formservice.interact.threads import in_database
from formcase.formservice.refusals import Reason, why_refused


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that was let in, with the forms that are released to it; None: all."""

    client_id: str
    form_ids: frozenset[str] | None

    def may_see(self, form_id: str) -> bool:
        """Whether a form, if it exists, and what was submitted with it are released to this client."""
        return self.form_ids is None or form_id in self.form_ids


def enter(request: HttpRequest) -> PeerCertificate | None:
    """What holds for every call, the token endpoint's too: the connection, the opening hours, the rate."""
    peer = peer_certificate(request)
    if peer:
        notes_of(request).certificate = peer.sha256
    limits.check_open()
    limits.requests.count(peer.sha256 if peer else str(request.META["REMOTE_ADDR"]))
    return peer


async def caller(request: HttpRequest) -> Caller:
    """The client that calls; 401 where the token or the certificate does not let it in."""
    return await _known(request, enter(request))


async def still_caller(request: HttpRequest) -> Caller:
    """The same client once more, after a call that took long: what was revoked or released meanwhile counts."""
    return await _known(request, peer_certificate(request))


async def _known(request: HttpRequest, peer: PeerCertificate | None) -> Caller:
    notes = notes_of(request)
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        notes.refused(Reason.TOKEN_MISSING)
        raise _unauthorized("A token is needed.", error=None)
    try:
        notes.client_id = client_id_of(token.strip(), peer)
    except TokenRefused as refusal:
        notes.client_id = refusal.client_id
        notes.refused(refusal.reason)
        raise _unauthorized(str(refusal)) from None
    found = await in_database(_let_in, notes.client_id, peer)
    notes.is_let_in = isinstance(found, Caller)
    if isinstance(found, Caller):
        return found
    notes.refused(found)
    raise _unauthorized("The client or its certificate is not registered, was revoked, or has expired.")


def _let_in(client_id: str, peer: PeerCertificate | None) -> Caller | Reason:
    client = client_of(peer.sha256, client_id) if peer else client_without_certificate(client_id)
    if client is None:
        return why_refused(client_id, peer.sha256 if peer else None)
    return Caller(client_id, None if client.form_ids is None else frozenset(client.form_ids))


def _unauthorized(detail: str, error: str | None = "invalid_token") -> ProblemError:
    challenge = 'Bearer realm="interact"' + (f', error="{error}"' if error else "")
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
