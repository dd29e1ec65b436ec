"""TLS for the Interact API: which client certificates are trusted, as the database has it at each new connection.

Trusted are the certificates that are registered, each for itself, whoever issued them, and those of the built-in
authority. What has expired, OpenSSL refuses; whether a trusted certificate is anybody's, the views ask at every call.
"""

import asyncio
import ssl
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import Error as DatabaseFailure
from django.db.models import QuerySet

from formcase.formservice.authority import authority_certificate
from formcase.formservice.interact.threads import in_database
from formcase.formservice.models import ClientCertificate

_log = structlog.get_logger()


class Trust:
    """The listener's TLS context, made anew whenever what it stands on has changed."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate = certificate
        self._key = key
        self._context: ssl.SSLContext | None = None
        self._made_for: tuple[object, ...] = ()
        self._renewing = asyncio.Lock()

    async def context(self) -> ssl.SSLContext:
        """The context for a new connection: a certificate that was registered a moment ago is in it, a revoked one is
        not."""
        async with self._renewing:
            try:
                state = await in_database(self._state)
            except DatabaseFailure:
                if self._context is None:
                    raise
                # the calls will say that the database is away; TLS goes on with what was trusted last
                _log.warning("database out of reach; client certificates as they were")
                return self._context
            if self._context is None or state != self._made_for:
                self._context, self._made_for = await in_database(self._make), state
            return self._context

    def _state(self) -> tuple[object, ...]:
        registered = _accepted().order_by("pk").values_list("pk", flat=True)
        return (tuple(registered), authority_certificate(), self._certificate.stat().st_mtime_ns)

    def _make(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._certificate, self._key)
        context.verify_mode = ssl.CERT_REQUIRED
        # a registered certificate is trusted itself, not by way of who issued it
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        # a session that is resumed would not show whether its certificate is trusted still
        context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
        context.num_tickets = 0
        context.set_alpn_protocols(["http/1.1"])
        trusted = _trusted_certificates()
        if trusted:
            context.load_verify_locations(cadata=trusted)
        return context


def _accepted() -> QuerySet[ClientCertificate]:
    return ClientCertificate.objects.filter(revoked_at=None, client__disabled_at=None)


def _trusted_certificates() -> bytes:
    trusted = {bytes(der) for der in _accepted().values_list("der", flat=True)}
    authority = authority_certificate()
    if authority is not None:
        trusted.add(x509.load_pem_x509_certificate(authority).public_bytes(Encoding.DER))
    return b"".join(sorted(trusted))
