"""The types of answers: how each is read from what a person gave, and the one way in which the XML writes it.

A refusal says what was expected and never repeats the value, which may be a personal number.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from formcase.formservice.lexical import forbidden_character, read_instant

LONGEST_VALUE = 1024 * 1024  # bytes in UTF-8, as the submission schema says


class ValueRefused(Exception):
    """A value that doesn't fit its type."""


def read_value(kind: str, value: object, choices: Sequence[str] = ()) -> str:
    """One value as the XML writes it; empty where nothing was answered."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    text = _choice(value, choices) if kind == "choice" else _READERS[kind](value)
    _check_characters(text)
    return text


def _check_characters(text: str) -> None:
    forbidden = forbidden_character(text)
    if forbidden:
        position, code = forbidden
        template = _("Character {position} is the control character {code}, which a submission can't carry.")
        raise ValueRefused(template.format(position=position, code=code))
    if len(text) > LONGEST_VALUE // 4 and len(text.encode()) > LONGEST_VALUE:
        raise ValueRefused(_("The answer is longer than 1 MiB."))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueRefused(_("A text was expected."))
    return value


def _integer(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"-?[0-9]{1,1000}", text):
        raise ValueRefused(_("A whole number was expected: digits, with a minus before them where it is negative."))
    return str(int(text))


def _decimal(value: object) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _plain(Decimal(value))
    if isinstance(value, float) and math.isfinite(value):
        return _plain(Decimal(repr(value)))
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"-?[0-9]{1,1000}([.,][0-9]{1,1000})?", text):
        raise ValueRefused(_("A number was expected: digits, at most one point or comma, no blanks."))
    return text.replace(",", ".")


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueRefused(_("A number was expected: digits, at most one point or comma, no blanks."))
    return format(number, "f")


def _date(value: object) -> str:
    text = _day_first(value.strip()) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) or not _is_date(text):
        raise ValueRefused(_("A date was expected: year-month-day or day-month-year, as in 2026-12-24 or 24-12-2026."))
    return text


def _day_first(text: str) -> str:
    """A day as people write it, 24-12-2026 or 1.3.2027, as the machine does; what is written otherwise is left so. What
    follows the day stays."""
    day = re.match(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})(?![0-9])", text)
    if day is None:
        return text
    return f"{day[4]}-{int(day[3]):02}-{int(day[1]):02}{text[day.end() :]}"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _date_time(value: object) -> str:
    text = _day_first(value.strip()) if isinstance(value, str) else ""
    local = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?", text)
    if local and _is_date(text[:10]):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).isoformat()
        except ValueError:
            pass
    elif read_instant(text):
        return text.upper()
    raise ValueRefused(_("A date with a time was expected, as in 24-12-2026 12:00 or 2026-12-24T12:00:00+01:00."))


def _boolean(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value.strip().lower() if isinstance(value, str) else ""
    if text not in {"true", "false"}:
        raise ValueRefused(_("Yes or no was expected: true or false."))
    return text


def _choice(value: object, choices: Sequence[str]) -> str:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(value, str) and value in choices:
        return value
    if isinstance(text, str) and text in choices:
        return text
    shown = ", ".join(choices[:20]) + (" …" if len(choices) > 20 else "")
    raise ValueRefused(_("One of these choices was expected: {choices}.").format(choices=shown))


def _cpr(value: object) -> str:
    text = re.sub(r"[\s-]", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{10}", text):
        raise ValueRefused(_("A CPR number was expected, as text: ten digits, with or without a hyphen after six."))
    year = _century(int(text[6]), int(text[4:6])) + int(text[4:6])
    if not _is_date(f"{year:04}-{text[2:4]}-{text[:2]}"):
        raise ValueRefused(_("A CPR number was expected: its first six digits are no date of birth."))
    return text


def _century(seventh: int, year: int) -> int:
    """The century of a CPR number by its seventh digit, as the CPR office's table has it."""
    if seventh <= 3:
        return 1900
    if seventh in {4, 9}:
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


def _cvr(value: object) -> str:
    text = re.sub(r"[\s-]", "", value) if isinstance(value, str) else ""
    text = re.sub(r"^DK", "", text, flags=re.IGNORECASE)
    if not re.fullmatch(r"[1-9][0-9]{7}", text):
        raise ValueRefused(_("A CVR number was expected, as text: eight digits, not starting with 0."))
    weighted = sum(int(digit) * weight for digit, weight in zip(text, (2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    if weighted % 11:
        raise ValueRefused(_("A CVR number was expected: the check digit of this one is wrong."))
    return text


def _email(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    try:
        EmailValidator()(text)
    except ValidationError:
        raise ValueRefused(_("An e-mail address was expected, as in anna@example.com.")) from None
    return text


def _phone(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"\+?[0-9 ()./-]{3,30}", text) or sum(map(str.isdigit, text)) < 3:
        raise ValueRefused(_("A phone number was expected, as text: digits, blanks, and a + before a country code."))
    return text


_READERS: Mapping[str, Callable[[object], str]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "dateTime": _date_time,
    "boolean": _boolean,
    "cpr": _cpr,
    "cvr": _cvr,
    "email": _email,
    "phone": _phone,
}

FIELD_TYPES = (*_READERS, "choice")
