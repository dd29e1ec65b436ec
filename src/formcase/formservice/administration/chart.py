"""Submissions of the last days: how many were submitted on each day, and where they are now."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from formcase.appearance.chart import Column, Figure, Kind, figure
from formcase.formservice.administration.statuses import WORDS, StatusWords
from formcase.formservice.models import Submission

DAYS = 30
LABELS = 6
KINDS = tuple(Kind(words.status, words.name, words.fill) for words in WORDS)


def chart(form_id: str = "") -> Figure:
    """The chart of the last 30 days; of one form, where it is named."""
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    counted = _counted(days[0], form_id)
    columns = [Column(date_format(day, "j M"), date_format(day, "D j M"), counted[day]) for day in days]
    return figure(_("Submitted in the last 30 days, by where it is now"), columns, KINDS, LABELS)


def counts(found: Mapping[str, int]) -> list[tuple[StatusWords, int]]:
    """How many there are of each status, in their order."""
    return [(words, found.get(words.status, 0)) for words in WORDS]


def _counted(first: date, form_id: str) -> Mapping[date, Mapping[str, int]]:
    """By day of submission and status."""
    since = timezone.make_aware(datetime.combine(first, time.min))
    found = Submission.objects.filter(submitted_at__gte=since)
    if form_id:
        found = found.filter(form_id=form_id)
    rows = found.annotate(day=TruncDate("submitted_at")).values_list("day", "status").annotate(number=Count("pk"))
    counted: dict[date, dict[str, int]] = defaultdict(dict)
    for day, status, number in rows.order_by():
        counted[day][status] = number
    return counted
