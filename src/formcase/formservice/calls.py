"""The log of calls: who called the Interact API, when, and how it ended. Nothing of what was asked or answered."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from formcase.formservice.models import CallOutcome, Client, ClientCall, ClientCertificate

_AT_ONCE = 5_000
_LONGEST_CLAIM = 255
_NOTED_EVERY = timedelta(seconds=10)  # a client that calls all the time is not written all the time
_CPR = re.compile(r"\d{6}[- ]?\d{4}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has ended. See `models.ClientCall`; `is_let_in`: client and certificate are proven."""

    at: datetime
    outcome: CallOutcome
    method: str
    kind: str
    duration: int
    address: str
    client_id: str = ""
    certificate: str = ""
    form_id: str = ""
    reference_id: str = ""
    status: int | None = None
    reason: str = ""
    detail: str = ""
    is_let_in: bool = False


def keep(calls: Sequence[Call]) -> None:
    """Keep these calls; in one statement, so all of them or none."""
    ClientCall.objects.bulk_create([_row(call) for call in _with_owners(calls)])


def note_last_calls(calls: Iterable[Call]) -> None:
    """Note when each client and certificate was let in last."""
    let_in = sorted((call for call in calls if call.is_let_in), key=lambda call: call.at)
    clients = {call.client_id: call.at for call in let_in}
    certificates = {call.certificate: call.at for call in let_in if call.certificate}
    for client_id, at in sorted(clients.items()):
        _later(Client.objects.filter(client_id=client_id), at)
    for sha256, at in sorted(certificates.items()):
        _later(ClientCertificate.objects.filter(sha256=sha256), at)


def keep_days() -> int:
    """How many days calls are kept: `FORMSERVICE_KEEP_CALL_DAYS`, default 90."""
    return max(1, getattr(settings, "FORMSERVICE_KEEP_CALL_DAYS", 90))


def remove_old(now: datetime | None = None) -> int:
    """Remove the calls that were kept long enough; how many that were."""
    before = (now or timezone.now()) - timedelta(days=keep_days())
    removed = 0
    old = ClientCall.objects.filter(at__lt=before).order_by("at", "pk").values_list("pk", flat=True)
    while chosen := list(old[:_AT_ONCE]):
        removed += ClientCall.objects.filter(pk__in=chosen).delete()[0]
    return removed


def claimed(client_id: str) -> str:
    """A client ID that somebody gives as their own, as far as it may stand in the log: people mix up fields."""
    return "" if not client_id.isprintable() or _CPR.search(client_id) else client_id[:_LONGEST_CLAIM]


def _with_owners(calls: Sequence[Call]) -> list[Call]:
    """Where nobody has said who calls, the certificate may tell."""
    unnamed = {call.certificate for call in calls if call.certificate and not call.client_id}
    if not unnamed:
        return list(calls)
    found = ClientCertificate.objects.filter(sha256__in=unnamed).values_list("sha256", "client__client_id")
    owners = dict(found)
    return [replace(call, client_id=call.client_id or owners.get(call.certificate, "")) for call in calls]


def _row(call: Call) -> ClientCall:
    values = asdict(call)
    del values["is_let_in"]
    return ClientCall(**values)


def _later(found: QuerySet[Client] | QuerySet[ClientCertificate], at: datetime) -> None:
    found.filter(Q(last_call_at=None) | Q(last_call_at__lt=at - _NOTED_EVERY)).update(last_call_at=at)
