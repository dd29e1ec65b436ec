"""Who is calling: each call's certificate and token, checked again at every call, and what the client may see."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest
from django.utils import timezone

from formcase.formservice.clients import released_form_ids
from formcase.formservice.interact import limits
from formcase.formservice.interact.access_tokens import TokenRefused, client_id_of
from formcase.formservice.interact.peers import PeerCertificate, peer_certificate
from formcase.formservice.interact.problems import ProblemError
from formcase.formservice.interact.threads import in_database
from formcase.formservice.models import Client, ClientCertificate


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that was let in, with the forms that exist and are released to it."""

    client_id: str
    form_ids: frozenset[str]


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
    client = Client.objects.filter(client_id=client_id).first()
    if client is None or (peer is not None and not _comes_with(client, peer)):
        return None
    return Caller(client_id, released_form_ids(client))


def _comes_with(client: Client, peer: PeerCertificate) -> bool:
    now = timezone.now()
    certificates = ClientCertificate.objects.filter(client=client, sha256=peer.sha256, revoked_at=None)
    return certificates.filter(not_before__lte=now, not_after__gte=now).exists()


def _unauthorized(detail: str, error: str | None = "invalid_token") -> ProblemError:
    challenge = 'Bearer realm="interact"' + (f', error="{error}"' if error else "")
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
