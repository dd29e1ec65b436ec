"""Who is at the other end of a connection: the certificate that TLS has seen, or nobody on plain HTTP."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest

from formcase.formservice.certificates import der_of, sha1, sha256
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.problems import ProblemError
from formcase.formservice.refusals import Reason


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """The thumbprints of the certificate that the client came with."""

    sha1: str
    sha256: str


def called_by(request: HttpRequest) -> str:
    """`https` or `http`, as the connection is; no header of the request can say otherwise."""
    return str(_scope(request).get("scheme"))


def peer_certificate(request: HttpRequest) -> PeerCertificate | None:
    """The client's certificate; None on plain HTTP, where that is allowed; else 403."""
    if called_by(request) == "https":
        extensions = _scope(request).get("extensions")
        tls = extensions.get("tls") if isinstance(extensions, Mapping) else None
        chain = tls.get("client_cert_chain") if isinstance(tls, Mapping) else None
        if not chain:
            notes_of(request).refused(Reason.CERTIFICATE_MISSING)
            raise ProblemError(HTTPStatus.FORBIDDEN, "The form service asks for a client certificate.")
        return _thumbprints(str(chain[0]))
    if getattr(settings, "FORMSERVICE_ALLOW_LOOPBACK_HTTP", False) and _is_loopback(str(request.META["REMOTE_ADDR"])):
        return None
    notes_of(request).refused(Reason.PLAIN_HTTP)
    raise ProblemError(HTTPStatus.FORBIDDEN, "Plain HTTP is refused; come with TLS and a client certificate.")


def _scope(request: HttpRequest) -> Mapping[str, object]:
    scope: Mapping[str, object] = getattr(request, "scope", {})
    return scope


@lru_cache(maxsize=1024)
def _thumbprints(pem: str) -> PeerCertificate:
    der = der_of(pem)
    return PeerCertificate(sha1(der), sha256(der))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
