"""How long submissions are kept: at least 30 days after they are Imported; what isn't Imported is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from formcase.formservice.models import FormSettings, Status, StoredFile, Submission
from formcase.formservice.stored_files import remove_stored

SHORTEST = timedelta(days=30)
_AT_ONCE = 500


def keep_days() -> int:
    """How many days what is Imported stays, where nothing is set for its form: `FORMSERVICE_KEEP_DAYS`, default 90."""
    return max(SHORTEST.days, getattr(settings, "FORMSERVICE_KEEP_DAYS", 90))


def keep_form(form_id: str, days: int) -> None:
    """Set how many days what is Imported of a form stays; fewer than 30 count as 30."""
    FormSettings.objects.update_or_create(form_id=form_id, defaults={"keep_days": days})


def remove_finished() -> int:
    """Remove what was Imported longer ago than its form's setting says, or else the installation's; how many that were.

    Their ids stay used: none is ever given again.
    """
    own = dict(FormSettings.objects.exclude(keep_days=None).values_list("form_id", "keep_days"))
    removed = _remove_all(~Q(form_id__in=list(own)), timedelta(days=keep_days()))
    for form_id, days in own.items():
        removed += _remove_all(Q(form_id=form_id), max(SHORTEST, timedelta(days=days or 0)))
    return removed


def _remove_all(which: Q, keep: timedelta) -> int:
    removed = 0
    while batch := _remove_some(which, keep):
        removed += batch
    return removed


def _remove_some(which: Q, keep: timedelta) -> int:
    with transaction.atomic():
        finished = Submission.objects.filter(which, status=Status.IMPORTED, imported_at__lt=timezone.now() - keep)
        chosen = list(finished.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE])
        locations = list(StoredFile.objects.filter(submission__in=chosen).values_list("location", flat=True))
        Submission.objects.filter(pk__in=chosen).delete()
    # after the commit: a file without its row is only space, a row without its file would be a fault
    for location in locations:
        remove_stored(location)
    return len(chosen)
