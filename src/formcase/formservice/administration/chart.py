"""Submissions of the last days: how many were submitted on each day and where they are now; how many became what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from formcase.appearance.chart import Column, Figure, Kind, figure
from formcase.appearance.days import day_of_week, short_day
from formcase.formservice.administration.statuses import WORDS, StatusWords
from formcase.formservice.models import Status

DAYS = 30
PERIODS = (30, 90)  # days that the chart of what became can show; LABELS must divide each
LABELS = 6
_QUERIES = Path(__file__).parent.parent / "queries"
_STATUSES = (Status.SUBMITTED, Status.DELIVERED, Status.TEMPORARY_BLOCKED, Status.IMPORTED)  # as the queries name them
KINDS = tuple(Kind(words.status, words.name, words.fill) for words in WORDS)


def chart(form_id: str = "") -> Figure:
    """The chart of the last 30 days; of one form, where it is named."""
    days = _last(DAYS)
    columns = _columns(days, _counted("submitted_by_day", days, form_id))
    return figure(_("Submitted in the last 30 days, by where it is now"), columns, KINDS, LABELS)


def became(days: int, form_id: str = "") -> Figure:
    """The chart of the last days: how many submissions became what on each, of one form where it is named. One that was
    told to be blocked several times a day counts once that day."""
    shown = _last(days)
    counted = _counted("became_by_day", shown, form_id)
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


def _counted(query: str, days: Sequence[date], form_id: str) -> Mapping[date, Mapping[str, int]]:
    """By day and status, as a query of this name counts them."""
    begins, ends = ([_begin(day + timedelta(days=after)) for day in days] for after in (0, 1))
    text = (_QUERIES / f"{query}.sql").read_text("utf-8")
    with connection.cursor() as cursor:
        cursor.execute(text, {"begins": begins, "ends": ends, "form": form_id})
        found = cursor.fetchall()
    return {days[number - 1]: dict(zip(_STATUSES, numbers, strict=True)) for number, *numbers in found}
