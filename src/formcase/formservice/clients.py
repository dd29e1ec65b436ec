"""Who may fetch submissions: clients, their certificates, and the forms that are released to them."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.formservice import administration_log
from formcase.formservice.certificates import CertificateRefused, ReadCertificate, read_client_certificate
from formcase.formservice.lexical import IDENTIFIER
from formcase.formservice.models import Client, ClientCertificate
from formcase.formservice.problems import Problem, Refused

CREATED, CHANGED, DISABLED, ENABLED = "client.created", "client.changed", "client.disabled", "client.enabled"
ADDED, ISSUED, REVOKED = "certificate.added", "certificate.issued", "certificate.revoked"


class ClientRefused(Refused):
    """A client that can't be made as it is described."""


def register(client_id: str, certificate_pem: bytes, form_ids: Sequence[str] | None, name: str = "") -> None:
    """See to it that this client exists, may come with this certificate, and that these forms (None: all) are released
    to it. A client keeps the certificates that it has, so that a renewal can overlap, and the name that it has."""
    read = read_client_certificate(certificate_pem)
    with transaction.atomic():
        client, _created = Client.objects.update_or_create(
            client_id=client_id, defaults={"form_ids": _in_order(form_ids)}
        )
        if name and not client.name:
            client.name = name
            client.save(update_fields=["name"])
        certificate = ClientCertificate.objects.filter(sha256=read.sha256).first() or _store(client, read)
        _check_free(certificate, client)


def create(client_id: str, name: str, form_ids: Iterable[str] | None, *, by: str) -> Client:
    """A new client without a certificate. Raises `ClientRefused`."""
    if not IDENTIFIER.fullmatch(client_id):
        text = _("A client ID has at most 64 characters: letters, digits, “.”, “_” and “-”, the first one no dot.")
        raise ClientRefused([Problem(("client_id",), text)])
    _check_new(client_id)
    try:
        with transaction.atomic():
            client = Client.objects.create(client_id=client_id, name=name, form_ids=_in_order(form_ids))
            administration_log.record(CREATED, client_id, by, after=_described(client))
    except IntegrityError:  # somebody else was faster by a moment
        _check_new(client_id)
        raise
    return client


def change(client: Client, name: str, form_ids: Iterable[str] | None, *, by: str) -> None:
    """Give a client another name, and release exactly these forms (None: all) to it, from its next call on."""
    with transaction.atomic():
        kept = Client.objects.select_for_update().get(pk=client.pk)
        before = _described(kept)
        kept.name, kept.form_ids = name, _in_order(form_ids)
        kept.save(update_fields=["name", "form_ids"])
        _record_difference(kept, by, before, _described(kept))


def disable(client: Client, *, by: str) -> None:
    """Refuse a client from now on, whatever it comes with."""
    with transaction.atomic():
        if Client.objects.filter(pk=client.pk, disabled_at=None).update(disabled_at=timezone.now()):
            administration_log.record(DISABLED, client.client_id, by)


def enable(client: Client, *, by: str) -> None:
    """Let a disabled client in again."""
    with transaction.atomic():
        if Client.objects.filter(pk=client.pk).exclude(disabled_at=None).update(disabled_at=None):
            administration_log.record(ENABLED, client.client_id, by)


def add_certificate(client: Client, read: ReadCertificate, *, by: str, issued: bool = False) -> ClientCertificate:
    """One more certificate that a client may come with. Raises `CertificateRefused` where it is known already."""
    known = ClientCertificate.objects.select_related("client").filter(sha256=read.sha256).first()
    if known is not None:
        _check_free(known, client)
        raise CertificateRefused([Problem((), _("The client has this certificate already."))])
    with transaction.atomic():
        certificate = _store(client, read)
        after = {"thumbprint": certificate.sha1, "expires": certificate.not_after.isoformat()}
        administration_log.record(ISSUED if issued else ADDED, client.client_id, by, after=after)
    return certificate


def revoke_certificate(certificate: ClientCertificate, *, by: str) -> None:
    """Refuse a certificate from now on, and every token that was got with it. It can't be taken back."""
    with transaction.atomic():
        if revoke(certificate.sha256):
            before = {"thumbprint": certificate.sha1}
            administration_log.record(REVOKED, certificate.client.client_id, by, before=before)


def revoke(sha256: str) -> bool:
    """Refuse a certificate from now on, by its SHA-256 thumbprint; False where there is none that was let in."""
    found = ClientCertificate.objects.filter(sha256=sha256.lower(), revoked_at=None)
    return bool(found.update(revoked_at=timezone.now()))


def client_of(sha256: str, client_id: str) -> Client | None:
    """This client, if it may come with this certificate now."""
    now = timezone.now()
    certificates = ClientCertificate.objects.select_related("client").filter(
        sha256=sha256,
        client__client_id=client_id,
        client__disabled_at=None,
        revoked_at=None,
        not_before__lte=now,
        not_after__gte=now,
    )
    return next((certificate.client for certificate in certificates), None)


def client_without_certificate(client_id: str) -> Client | None:
    """This client, where nothing shows who it is but its token."""
    return Client.objects.filter(client_id=client_id, disabled_at=None).first()


def _check_new(client_id: str) -> None:
    alike = Client.objects.filter(client_id__iexact=client_id).first()
    if alike is not None:
        text = _("There is a client {client} already. Choose another client ID.").format(client=alike.client_id)
        raise ClientRefused([Problem(("client_id",), text)])


def _store(client: Client, read: ReadCertificate) -> ClientCertificate:
    try:
        with transaction.atomic():
            return ClientCertificate.objects.create(
                client=client,
                der=read.der,
                sha1=read.sha1,
                sha256=read.sha256,
                not_before=read.not_before,
                not_after=read.not_after,
            )
    except IntegrityError:  # somebody else was faster by a moment
        known = ClientCertificate.objects.select_related("client").get(sha256=read.sha256)
        _check_free(known, client)
        return known


def _check_free(certificate: ClientCertificate, client: Client) -> None:
    """Whether this client may come with a certificate that is known already."""
    if certificate.client_id != client.pk:
        text = _("This certificate is another client's already: {client}.").format(client=certificate.client.client_id)
        raise CertificateRefused([Problem((), text)])
    if certificate.revoked_at is not None:
        raise CertificateRefused([Problem((), _("This certificate was revoked; a new one is needed."))])


def _in_order(form_ids: Iterable[str] | None) -> list[str] | None:
    return None if form_ids is None else sorted(set(form_ids))


def _described(client: Client) -> dict[str, object]:
    return {"name": client.name, "forms": client.form_ids}


def _record_difference(client: Client, by: str, before: dict[str, object], after: dict[str, object]) -> None:
    names = [name for name in before if before[name] != after[name]]
    if names:
        told = {"before": {name: before[name] for name in names}, "after": {name: after[name] for name in names}}
        administration_log.record(CHANGED, client.client_id, by, **told)
