"""Reads what stands in a field as a value of a property's type. Knows no form and no case system."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from formcase.messages import Message, message
from formcase.planning.plan import Value

_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)")
_INTEGER = re.compile(r"-?[0-9]+")
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TRUE = frozenset({"true", "1", "j"})
_FALSE = frozenset({"false", "0", "n"})
_BITS = {"Edm.Byte": (0, 2**8 - 1), "Edm.SByte": (-(2**7), 2**7 - 1), "Edm.Int16": (-(2**15), 2**15 - 1)}
_BITS |= {"Edm.Int32": (-(2**31), 2**31 - 1), "Edm.Int64": (-(2**63), 2**63 - 1)}


class Unfit(Exception):
    """The text is no value of the type. expected: what would be."""

    def __init__(self, expected: Message) -> None:
        super().__init__(expected)
        self.expected = expected


def is_free_text(name: str, edm_type: str, *, key: bool = False) -> bool:
    """Whether blanks around a value belong to it: a text that is no key, no `Role`, no code and no reference."""
    return edm_type == "Edm.String" and not key and name != "Role" and not name.endswith(("Code", "_Value"))


def read_value(text: str, edm_type: str, zone: ZoneInfo) -> Value:
    """The value that the text stands for. zone: where a day begins. Raises `Unfit`."""
    if edm_type in _BITS:
        return _integer(text, edm_type)
    if edm_type == "Edm.DateTimeOffset":
        return _instant(text, zone)
    reader = _READERS.get(edm_type)
    if reader is None:
        raise Unfit(message("nothing, as no form can fill in a value of the type {type}", type=edm_type))
    return reader(text)


def can_be_read(edm_type: str) -> bool:
    """Whether a form can give a value of this type."""
    return edm_type in _BITS or edm_type == "Edm.DateTimeOffset" or edm_type in _READERS


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day, with its distance from UTC. Raises OverflowError where the calendar ends."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    offset = local.utcoffset() or timedelta(0)
    if offset.seconds % 60:  # before standard time, which no RFC 3339 time can say
        return local.astimezone(UTC)
    _ = local.astimezone(UTC)
    return local.replace(tzinfo=timezone(offset))


def _text(text: str) -> str:
    return text


def _guid(text: str) -> str:
    if not _GUID.fullmatch(text):
        raise Unfit(message("a GUID"))
    return text


def _date(text: str) -> date:
    expected = message("a date, as YYYY-MM-DD or DD-MM-YYYY")
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise Unfit(expected)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Unfit(expected) from error


def _instant(text: str, zone: ZoneInfo) -> datetime:
    expected = message("a time with its offset, as 2026-11-20T08:41:07+01:00, or a date")
    found = _INSTANT.fullmatch(text)
    try:
        if found is None:
            return midnight(_date(text), zone)
        day, time, fraction, offset = found.groups()
        # Microseconds are what a computer here can keep; finer ones are cut off.
        instant = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}{offset.upper()}")
        _ = instant.astimezone(UTC)
    except (Unfit, ValueError, OverflowError) as error:
        raise Unfit(expected) from error
    return instant


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise Unfit(message("a number, as 62.5 or 62,5"))
    return Decimal(text.replace(",", "."))


def _integer(text: str, edm_type: str) -> int:
    lowest, highest = _BITS[edm_type]
    expected = message("a whole number from {lowest} to {highest}", lowest=str(lowest), highest=str(highest))
    digits = text.lstrip("-0") or "0"
    if not _INTEGER.fullmatch(text) or len(digits) > 19:
        raise Unfit(expected)
    number = -int(digits) if text.startswith("-") else int(digits)
    if not lowest <= number <= highest:
        raise Unfit(expected)
    return number


def _boolean(text: str) -> bool:
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise Unfit(message("true or false, 1 or 0, J or N"))


_READERS: Mapping[str, Callable[[str], Value]] = {
    "Edm.String": _text,
    "Edm.Guid": _guid,
    "Edm.Date": _date,
    "Edm.Decimal": _decimal,
    "Edm.Double": _decimal,
    "Edm.Single": _decimal,
    "Edm.Boolean": _boolean,
}
