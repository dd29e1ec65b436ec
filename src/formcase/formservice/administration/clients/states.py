"""How clients and certificates are doing, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from formcase.formservice import expiry, forms
from formcase.formservice.models import Client, ClientCertificate

Text = str | Promise


@dataclass(frozen=True, slots=True)
class State:
    """A state in words. look: the class of its badge."""

    name: Text
    look: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate with its state; holder and issuer only where they are shown."""

    certificate: ClientCertificate
    state: State
    holder: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client in the list. forms: the names of what is released to it; None: everything."""

    client: Client
    state: State
    certificates: tuple[CertificateRow, ...]
    forms: tuple[str, ...] | None


def found(words: str) -> QuerySet[Client]:
    """The clients that have these words in their ID or name, by their ID."""
    clients = Client.objects.order_by("client_id")
    for word in words.split():
        clients = clients.filter(Q(client_id__icontains=word) | Q(name__icontains=word))
    return clients


def rows(clients: Iterable[Client]) -> list[ClientRow]:
    """These clients as lines, in the same order."""
    listed = list(clients)
    prefetch_related_objects(listed, "certificates")
    titles = {form.form_id: form.title for form in forms.newest()}
    now = timezone.now()
    return [_row(client, titles, now) for client in listed]


def released(client: Client) -> tuple[str, ...] | None:
    """The names of the forms that are released to a client; None: all."""
    return _named(client, {form.form_id: form.title for form in forms.newest(client.form_ids or ())})


def client_state(client: Client, certificates: Sequence[ClientCertificate], now: datetime) -> State:
    """Whether a client can call, and goes on to be able to."""
    if client.disabled_at is not None:
        return State(_("Disabled"), "badge-error")
    if not certificates:
        return State(_("No certificate"), "badge-warning")
    valid = [one for one in certificates if one.revoked_at is None and one.not_before <= now <= one.not_after]
    if not valid:
        return State(_("No valid certificate"), "badge-error")
    if expiry.threshold_of(max(one.not_after for one in valid), now) is not None:
        return State(_("Certificate expires soon"), "badge-warning")
    return State(_("Active"), "badge-success")


def certificate_rows(client: Client) -> list[CertificateRow]:
    """A client's certificates, the one that lasts longest first and what can't be used any more last."""
    now = timezone.now()
    certificates = sorted(client.certificates.all(), key=lambda one: (one.revoked_at is None, one.not_after))
    return [_described(one, certificate_state(one, now)) for one in reversed(certificates)]


def certificate_state(certificate: ClientCertificate, now: datetime) -> State:
    """Whether a certificate lets its client in, and for how long."""
    if certificate.revoked_at is not None:
        return State(_("Revoked"), "badge-error")
    if certificate.not_before > now:
        return State(_("Not valid yet"), "badge-info")
    threshold = expiry.threshold_of(certificate.not_after, now)
    if threshold is None:
        return State(_("Valid"), "badge-success")
    if threshold == 0:
        return State(_("Expired"), "badge-error")
    days = expiry.days_left(certificate.not_after, now)
    name = ngettext("Expires in {days} day", "Expires in {days} days", days) if days else _("Expires within a day")
    return State(str(name).format(days=days), "badge-error" if threshold == min(expiry.THRESHOLDS) else "badge-warning")


def holder_of(certificate: ClientCertificate) -> str:
    """Whom a certificate names."""
    return x509.load_der_x509_certificate(bytes(certificate.der)).subject.rfc4514_string()


def _row(client: Client, titles: Mapping[str, str], now: datetime) -> ClientRow:
    certificates = sorted(client.certificates.all(), key=lambda one: one.not_after, reverse=True)
    current = [one for one in certificates if one.revoked_at is None]
    return ClientRow(
        client,
        client_state(client, certificates, now),
        tuple(CertificateRow(one, certificate_state(one, now)) for one in current),
        _named(client, titles),
    )


def _named(client: Client, titles: Mapping[str, str]) -> tuple[str, ...] | None:
    if client.form_ids is None:
        return None
    return tuple(f"{titles[form_id]} ({form_id})" if form_id in titles else form_id for form_id in client.form_ids)


def _described(certificate: ClientCertificate, state: State) -> CertificateRow:
    read = x509.load_der_x509_certificate(bytes(certificate.der))
    return CertificateRow(certificate, state, read.subject.rfc4514_string(), read.issuer.rfc4514_string())
