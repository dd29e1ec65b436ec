"""Who may fetch submissions: clients, their certificates, and the forms that are released to them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.formservice.certificates import CertificateRefused, read_client_certificate
from formcase.formservice.models import Client, ClientCertificate
from formcase.formservice.problems import Problem


def register(client_id: str, certificate_pem: bytes, form_ids: Sequence[str] | None) -> None:
    """See to it that this client exists, may come with this certificate, and that these forms (None: all) are released
    to it. A client keeps the certificates that it has, so that a renewal can overlap."""
    read = read_client_certificate(certificate_pem)
    released = None if form_ids is None else sorted(set(form_ids))
    with transaction.atomic():
        client, _created = Client.objects.update_or_create(client_id=client_id, defaults={"form_ids": released})
        certificate, _new = ClientCertificate.objects.get_or_create(
            sha256=read.sha256,
            defaults={
                "client": client,
                "der": read.der,
                "sha1": read.sha1,
                "not_before": read.not_before,
                "not_after": read.not_after,
            },
        )
        if certificate.client_id != client.pk:
            raise CertificateRefused([Problem((), _("This certificate is another client's already."))])
        if certificate.revoked_at is not None:
            raise CertificateRefused([Problem((), _("This certificate was revoked; a new one is needed."))])


def revoke(sha256: str) -> bool:
    """Refuse a certificate from now on, by its SHA-256 thumbprint; False where there is no such certificate."""
    return bool(ClientCertificate.objects.filter(sha256=sha256.lower()).update(revoked_at=timezone.now()))


def client_of(sha256: str, client_id: str) -> Client | None:
    """This client, if it may come with this certificate now."""
    now = timezone.now()
    certificates = ClientCertificate.objects.select_related("client").filter(
        sha256=sha256, client__client_id=client_id, revoked_at=None, not_before__lte=now, not_after__gte=now
    )
    return next((certificate.client for certificate in certificates), None)


def client_without_certificate(client_id: str) -> Client | None:
    """This client, where nothing shows who it is but its token."""
    return Client.objects.filter(client_id=client_id).first()
