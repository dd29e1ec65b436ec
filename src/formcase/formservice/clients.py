"""Who may fetch submissions: clients, their certificates, and the forms that are released to them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.formservice.certificates import CertificateRefused, read_client_certificate
from formcase.formservice.models import Client, ClientCertificate, FormVersion
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


def released_form_ids(client: Client) -> frozenset[str]:
    """The forms that exist and are released to a client."""
    published = FormVersion.objects.values_list("form_id", flat=True).distinct()
    if client.form_ids is not None:
        return frozenset(published.filter(form_id__in=client.form_ids))
    return frozenset(published)
