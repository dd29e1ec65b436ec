"""Certificates that expire soon: warned of at 60, 30 and 7 days before, until a client has begun to use a later one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from formcase.formservice.models import ClientCertificate

THRESHOLDS = (60, 30, 7)  # days
_EXPIRED = 0
_DAY = timedelta(days=1)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate whose end is near, or past. threshold: the last one that was passed, in days; 0: it has expired."""

    certificate: ClientCertificate
    days_left: int
    threshold: int


def threshold_of(not_after: datetime, now: datetime) -> int | None:
    """The smallest threshold that this end has come within, in days; 0 where it is past; None where it is far away."""
    if not_after < now:
        return _EXPIRED
    return min((days for days in THRESHOLDS if not_after - now <= days * _DAY), default=None)


def days_left(not_after: datetime, now: datetime) -> int:
    """Whole days until a certificate ends; the day of the end counts as none."""
    return max(0, (not_after - now) // _DAY)


def expiring(now: datetime | None = None) -> list[Expiring]:
    """What is to be warned of, the nearest end first: certificates of clients that are let in, which expire soon or
    have expired, and have no successor that their client has come with already."""
    moment = now or timezone.now()
    let_in = ClientCertificate.objects.select_related("client").filter(revoked_at=None, client__disabled_at=None)
    by_client: dict[int, list[ClientCertificate]] = defaultdict(list)
    for certificate in let_in.defer("der").order_by("not_after", "pk"):
        by_client[certificate.client_id].append(certificate)
    found = [entry for certificates in by_client.values() for entry in _near(certificates, moment)]
    return sorted(found, key=lambda entry: (entry.certificate.not_after, entry.certificate.pk))


def warn_in_log(now: datetime | None = None) -> int:
    """Warn in the log of each certificate once at each threshold, and once when it has expired; how many that were."""
    warned = 0
    for entry in expiring(now):
        told = entry.certificate.warned_days
        if told is not None and told <= entry.threshold:
            continue
        # counted before it is told: of two listeners that look at once, one tells
        unchanged = ClientCertificate.objects.filter(pk=entry.certificate.pk, warned_days=told)
        if unchanged.update(warned_days=entry.threshold):
            _tell(entry)
            warned += 1
    return warned


def _near(certificates: Iterable[ClientCertificate], now: datetime) -> list[Expiring]:
    """Of one client's certificates."""
    all_of_them = list(certificates)
    found = []
    for certificate in all_of_them:
        threshold = threshold_of(certificate.not_after, now)
        if threshold is not None and not any(_succeeds(other, certificate, now) for other in all_of_them):
            found.append(Expiring(certificate, days_left(certificate.not_after, now), threshold))
    return found


def _succeeds(other: ClientCertificate, certificate: ClientCertificate, now: datetime) -> bool:
    """Whether the client has gone over to another certificate that lasts longer, and leaves this one alone for a day.
    A certificate that was only registered proves nothing: the client may not have it yet."""
    if other.not_after <= max(certificate.not_after, now) or other.last_call_at is None:
        return False
    return certificate.last_call_at is None or certificate.last_call_at < other.last_call_at - _DAY


def _tell(entry: Expiring) -> None:
    certificate = entry.certificate
    _log.warning(
        "a client's certificate has expired" if entry.threshold == _EXPIRED else "a client's certificate expires soon",
        client=certificate.client.client_id,
        thumbprint=certificate.sha1,
        expires=certificate.not_after.isoformat(),
        days_left=entry.days_left,
    )
