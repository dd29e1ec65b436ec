"""Who has looked at a submission: kept in the audit log, once for each user and hour, as its pages show what people
wrote in forms."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from formcase.audit.models import AuditEntry
from formcase.audit.recording import Object, record
from formcase.workflows.models import SubmissionRecord

LOOKED_AT = "submission looked at"
_AGAIN_AFTER = timedelta(hours=1)


def record_look(request: HttpRequest, submission: SubmissionRecord) -> None:
    """Keep that this user sees it now."""
    about = Object("submission", str(submission.pk), submission.reference_id)
    recent = AuditEntry.objects.filter(
        kind=about.kind,
        key=about.key,
        actor=request.user.get_username(),
        action=LOOKED_AT,
        at__gt=timezone.now() - _AGAIN_AFTER,
    )
    if not recent.exists():
        record(request, LOOKED_AT, about)
