"""How long submissions are kept: at least 30 days after they are Imported; what isn't Imported is kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from formcase.formservice.administration_log import KEPT_FOR, record
from formcase.formservice.models import FormSettings, Status, StoredFile, Submission
from formcase.formservice.stored_files import remove_stored

SHORTEST = timedelta(days=30)
_AT_ONCE = 500


def keep_days() -> int:
    """How many days what is Imported stays, where nothing is set for its form: `FORMSERVICE_KEEP_DAYS`, default 90."""
    return max(SHORTEST.days, getattr(settings, "FORMSERVICE_KEEP_DAYS", 90))


def own_days() -> dict[str, int]:
    """What is set for single forms, at least 30 days each."""
    own = FormSettings.objects.exclude(keep_days=None).values_list("form_id", "keep_days")
    return {form_id: max(SHORTEST.days, days or 0) for form_id, days in own}


def keep_days_of(form_id: str) -> int:
    """How many days what is Imported of this form stays."""
    return own_days().get(form_id, keep_days())


def keep_form(form_id: str, days: int | None, *, by: str = "") -> None:
    """Set how many days what is Imported of a form stays; fewer than 30 count as 30; None: as everywhere. by: the
    administrator's name, empty for a command."""
    with transaction.atomic():
        FormSettings.objects.get_or_create(form_id=form_id)
        settings_of = FormSettings.objects.select_for_update().get(form_id=form_id)
        if settings_of.keep_days != days:
            record(KEPT_FOR, form_id, by, before=settings_of.keep_days, after=days)
            settings_of.keep_days = days
            settings_of.save(update_fields=["keep_days"])


def due(form_id: str | None = None) -> dict[str, int]:
    """How many submissions of each form, or of this one, the next run would remove."""
    own = own_days()
    if form_id is not None:
        return {form_id: due_of(form_id, own.get(form_id, keep_days()))}
    before = timezone.now() - timedelta(days=keep_days())
    usual = Submission.objects.filter(status=Status.IMPORTED, imported_at__lt=before).exclude(form_id__in=list(own))
    counted = dict(usual.values_list("form_id").annotate(number=Count("pk")).order_by())
    return counted | {single: due_of(single, days) for single, days in own.items()}


def due_of(form_id: str, days: int) -> int:
    """How many submissions of a form the next run would remove if they were kept for so many days."""
    before = timezone.now() - max(SHORTEST, timedelta(days=days))
    return Submission.objects.filter(form_id=form_id, status=Status.IMPORTED, imported_at__lt=before).count()


def remove_finished() -> int:
    """Remove what was Imported longer ago than its form's setting says, or else the installation's; how many that were.

    Their ids stay used: none is ever given again.
    """
    own = own_days()
    removed = _remove_all(~Q(form_id__in=list(own)), timedelta(days=keep_days()))
    for form_id, days in own.items():
        removed += _remove_all(Q(form_id=form_id), timedelta(days=days))
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
