"""Submissions of the last days as a chart: how many were submitted on each day, and where they are now. Drawn as SVG on
the server, so that no script is needed; beside it stand the same numbers as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from formcase.formservice.administration.statuses import WORDS, StatusWords
from formcase.formservice.models import Submission

DAYS = 30
WIDTH, HEIGHT = 600, 140  # of the drawing, in its own units
_GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a day's bar."""

    status: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Day:
    """The numbers of a day, in the order of the statuses."""

    day: date
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing and its numbers. most: what the highest bar stands for."""

    bars: tuple[Bar, ...]
    days: tuple[Day, ...]
    statuses: tuple[StatusWords, ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def total(self) -> int:
        """All submissions in the chart."""
        return sum(sum(day.numbers) for day in self.days)


def chart(form_id: str = "") -> Chart:
    """The chart of the last 30 days; of one form, where it is named."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, time.min))
    found = Submission.objects.filter(submitted_at__gte=since)
    if form_id:
        found = found.filter(form_id=form_id)
    rows = found.annotate(day=TruncDate("submitted_at")).values_list("day", "status").annotate(number=Count("pk"))
    counted = {(day, status): number for day, status, number in rows.order_by()}
    days = [
        Day(day, tuple(counted.get((day, words.status), 0) for words in WORDS))
        for day in (first + timedelta(days=offset) for offset in range(DAYS))
    ]
    return drawn(days)


def drawn(days: Sequence[Day]) -> Chart:
    """The chart of these days."""
    most = max((sum(day.numbers) for day in days), default=0)
    step = WIDTH / max(1, len(days))
    bars: list[Bar] = []
    for place, day in enumerate(days):
        top = float(HEIGHT)
        for words, number in zip(WORDS, day.numbers, strict=True):
            if number:
                height = number / most * HEIGHT
                top -= height
                x, width = place * step + _GAP / 2, step - _GAP
                bars.append(Bar(words.status, f"{x:.1f}", f"{top:.1f}", f"{width:.1f}", f"{height:.1f}"))
    return Chart(tuple(bars), tuple(days), WORDS, most)


def counts(found: Mapping[str, int]) -> list[tuple[StatusWords, int]]:
    """How many there are of each status, in their order."""
    return [(words, found.get(words.status, 0)) for words in WORDS]
