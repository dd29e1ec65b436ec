"""Submissions of the last days: how many were submitted on each day and where they are now; how many became what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from formcase.appearance.chart import Column, Figure, Kind, figure
from formcase.appearance.days import day_of_week, short_day
from formcase.formservice.administration.statuses import WORDS, StatusWords
from formcase.formservice.models import Status, StatusEntry, Submission

DAYS = 30
PERIODS = (30, 90)  # days that the chart of what became can show; LABELS must divide each
LABELS = 6
KINDS = tuple(Kind(words.status, words.name, words.fill) for words in WORDS)


def chart(form_id: str = "") -> Figure:
    """The chart of the last 30 days; of one form, where it is named."""
    days = _last(DAYS)
    columns = _columns(days, _counted(days[0], form_id))
    return figure(_("Submitted in the last 30 days, by where it is now"), columns, KINDS, LABELS)


def became(days: int, form_id: str = "") -> Figure:
    """The chart of the last days: how many submissions became what on each, of one form where it is named. One that was
    told to be blocked several times a day counts once that day."""
    shown = _last(days)
    found = StatusEntry.objects.filter(recorded_at__gte=_begin(shown[0]))
    if form_id:
        found = found.filter(submission__form_id=form_id)
    rows = found.annotate(day=TruncDate("recorded_at")).values_list("day", "status").order_by()
    # one that stays blocked is told so again with each new message
    blocked = rows.filter(status=Status.TEMPORARY_BLOCKED).annotate(number=Count("submission", distinct=True))
    others = rows.exclude(status=Status.TEMPORARY_BLOCKED).annotate(number=Count("pk"))
    counted = _by_day([*blocked, *others])
    heading = ngettext("Statuses reported in the last day", "Statuses reported in the last {days} days", days)
    return figure(heading.format(days=days), _columns(shown, counted), KINDS, LABELS)


def counts(found: Mapping[str, int]) -> list[tuple[StatusWords, int]]:
    """How many there are of each status, in their order."""
    return [(words, found.get(words.status, 0)) for words in WORDS]


def _last(days: int) -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=back) for back in reversed(range(days))]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _columns(days: Iterable[date], counted: Mapping[date, Mapping[str, int]]) -> list[Column]:
    return [Column(short_day(day), day_of_week(day), counted.get(day, {})) for day in days]


def _counted(first: date, form_id: str) -> Mapping[date, Mapping[str, int]]:
    """By day of submission and status."""
    found = Submission.objects.filter(submitted_at__gte=_begin(first))
    if form_id:
        found = found.filter(form_id=form_id)
    rows = found.annotate(day=TruncDate("submitted_at")).values_list("day", "status").annotate(number=Count("pk"))
    return _by_day(rows.order_by())


def _by_day(rows: Iterable[tuple[date, str, int]]) -> Mapping[date, Mapping[str, int]]:
    counted: dict[date, dict[str, int]] = defaultdict(dict)
    for day, status, number in rows:
        counted[day][status] = number
    return counted
