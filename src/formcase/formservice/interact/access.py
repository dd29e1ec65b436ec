"""Who is calling: each call's certificate and token, checked again at every call, and what the client may see."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest

from formcase.formservice.clients import client_of, client_without_certificate
from formcase.formservice.interact import limits
from formcase.formservice.interact.access_tokens import TokenRefused, client_id_of
from formcase.formservice.interact.peers import PeerCertificate, peer_certificate
from formcase.formservice.interact.problems import ProblemError
from formcase.formservice.interact.threads import in_database


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
    limits.check_open()
    limits.requests.count(peer.sha256 if peer else str(request.META["REMOTE_ADDR"]))
    return peer


async def caller(request: HttpRequest) -> Caller:
    """The client that calls; 401 where the token or the certificate does not let it in."""
    peer = enter(request)
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("A token is needed.", error=None)
    try:
        client_id = client_id_of(token.strip(), peer)
    except TokenRefused as refusal:
        raise _unauthorized(str(refusal)) from None
    found = await in_database(_let_in, client_id, peer)
    if found is None:
        raise _unauthorized("The client or its certificate is not registered, was revoked, or has expired.")
    return found


def _let_in(client_id: str, peer: PeerCertificate | None) -> Caller | None:
    client = client_of(peer.sha256, client_id) if peer else client_without_certificate(client_id)
    if client is None:
        return None
    return Caller(client_id, None if client.form_ids is None else frozenset(client.form_ids))


def _unauthorized(detail: str, error: str | None = "invalid_token") -> ProblemError:
    challenge = 'Bearer realm="interact"' + (f', error="{error}"' if error else "")
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
