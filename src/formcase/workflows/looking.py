"""Who has looked at a submission, and who has looked a person up: kept in the audit log, as both show what belongs to
somebody. A look is kept once for each user and hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from formcase.audit.models import AuditEntry
from formcase.audit.recording import Object, record
from formcase.workflows.models import SubmissionRecord

LOOKED_AT = "submission looked at"
LOOKED_UP = "person looked up"
LOOKS = (LOOKED_AT, LOOKED_UP)
_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LookFilter:
    """Which looks are shown; all where nothing is said. person: what `person_index.person_token` makes of a number:
    who has looked this person up, or at a submission of this person. since, until: from the one, before the other."""

    actor: str = ""
    reference: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None


def record_look(actor: HttpRequest | str, submission: SubmissionRecord) -> None:
    """Keep that this user, or whoever is at the command line, sees it now."""
    _record(actor, LOOKED_AT, Object("submission", str(submission.pk), submission.reference_id))


def record_look_up(actor: HttpRequest | str, token: str) -> None:
    """Keep that somebody looks a person or company up by number; the number is kept as a digest alone."""
    _record(actor, LOOKED_UP, Object("person", token))


def looks(sought: LookFilter) -> QuerySet[AuditEntry]:
    """The access log, to be ordered by id."""
    found = AuditEntry.objects.filter(action__in=LOOKS)
    if sought.actor:
        found = found.filter(actor=sought.actor)
    if sought.reference:
        keys = SubmissionRecord.objects.filter(reference_id=sought.reference).values_list("pk", flat=True)
        found = found.filter(kind="submission", key__in=[str(key) for key in keys])
    if sought.person:
        found = found.filter(key__in=[sought.person, *_submissions_of(sought.person)])
    if sought.since is not None:
        found = found.filter(at__gte=sought.since)
    if sought.until is not None:
        found = found.filter(at__lt=sought.until)
    return found


def _submissions_of(token: str) -> Iterator[str]:
    from formcase.workflows.person_index import submissions_of_person

    return (str(key) for key in submissions_of_person(token))


def _record(actor: HttpRequest | str, action: str, about: Object) -> None:
    name = actor if isinstance(actor, str) else actor.user.get_username()
    recent = AuditEntry.objects.filter(
        kind=about.kind, key=about.key, actor=name, action=action, at__gt=timezone.now() - _AGAIN_AFTER
    )
    if not recent.exists():
        record(actor, action, about)
