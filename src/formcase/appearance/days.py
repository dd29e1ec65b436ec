"""Days as people write them in the reader's language: 24 Nov 2026, 24. nov 2026."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def day_told(day: date) -> str:
    """A day with its year."""
    # Translators: Django's letters for dates, as in “24 Nov 2026”
    return str(date_format(day, pgettext("date", "j M Y")))


def day_of(moment: datetime) -> str:
    """The day of a time, where the reader is."""
    return day_told(timezone.localtime(moment))


def short_day(day: date) -> str:
    """A day without its year."""
    # Translators: Django's letters for dates, as in “24 Nov”
    return str(date_format(day, pgettext("date", "j M")))


def day_of_week(day: date) -> str:
    """A day without its year, with which one of the week it is."""
    # Translators: Django's letters for dates, as in “Tue 24 Nov”
    return str(date_format(day, pgettext("date", "D j M")))
