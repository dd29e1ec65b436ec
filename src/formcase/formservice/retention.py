"""How long submissions are kept: at least 30 days after they are Imported; what isn't Imported is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from formcase.formservice.models import Status, StoredFile, Submission
from formcase.formservice.stored_files import remove_stored

SHORTEST = timedelta(days=30)
_AT_ONCE = 500


def remove_finished() -> int:
    """Remove what was Imported longer ago than `FORMSERVICE_KEEP_DAYS` (default 90) says; how many that were.

    Their ids stay used: none is ever given again.
    """
    keep = max(SHORTEST, timedelta(days=getattr(settings, "FORMSERVICE_KEEP_DAYS", 90)))
    removed = 0
    while batch := _remove_some(keep):
        removed += batch
    return removed


def _remove_some(keep: timedelta) -> int:
    with transaction.atomic():
        finished = Submission.objects.filter(status=Status.IMPORTED, imported_at__lt=timezone.now() - keep)
        chosen = list(finished.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE])
        locations = list(StoredFile.objects.filter(submission__in=chosen).values_list("location", flat=True))
        Submission.objects.filter(pk__in=chosen).delete()
    # after the commit: a file without its row is only space, a row without its file would be a fault
    for location in locations:
        remove_stored(location)
    return len(chosen)
