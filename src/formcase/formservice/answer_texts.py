"""Answers as people read them: choices by their titles, dates and numbers in the language of the form."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils.translation import gettext as _

_FALLBACK: Final = "da"


def locale_of(language: str) -> Locale:
    """What is known of how a language writes; of Danish where there is no such language."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_FALLBACK)


def answer_text(kind: str, value: str, title: str | None, locale: Locale) -> str:
    """An answer of this type, written as the XML has it. title: of the choice, where it is one. “Yes” and “No” are in
    the language that is active."""
    match kind:
        case "choice":
            return title or value
        case "boolean":
            return _("Yes") if value == "true" else _("No")
        case "date":
            return format_date(date.fromisoformat(value), "long", locale=locale)
        case "dateTime":
            moment = datetime.fromisoformat(value)
            # in the offset that was answered: the hour that the person meant
            return format_datetime(moment, "long", locale=locale, tzinfo=moment.tzinfo)
        case "decimal":
            # every digit that was given, also beyond the pattern's three
            return format_decimal(Decimal(value), locale=locale, decimal_quantization=False)
        case "cpr":
            return f"{value[:6]}-{value[6:]}"
        case _:
            return value
