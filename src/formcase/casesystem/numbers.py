"""Case numbers and other running numbers.

Numbers are reserved before the transaction that uses them begins, so that nobody waits for another's change set and no
two change sets can block each other; a refused change set leaves a gap. What was not reserved is taken inside the
transaction.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import connection

from formcase.casesystem.queries import query
from formcase.casesystem.reference import CodeEntry

DEFAULT_MASK = "{year}-{file class}-{number}"
_DIGITS = 5
_FIELD = re.compile(r"\{(year|file class|number)\}")


class Numbers:
    """The running numbers of one unit of work."""

    def __init__(self) -> None:
        self._reserved: dict[str, list[int]] = defaultdict(list)

    def reserve(self, series: Iterable[str]) -> None:
        """Take one number for each mention of a series, each on its own."""
        wanted: dict[str, int] = defaultdict(int)
        for name in series:
            wanted[name] += 1
        for name, number in sorted(wanted.items()):
            last = _take(name, number)
            self._reserved[name].extend(range(last - number + 1, last + 1))

    def next(self, series: str) -> int:
        """The next number of a series."""
        reserved = self._reserved.get(series)
        return reserved.pop(0) if reserved else _take(series, 1)


def case_series(case_group: CodeEntry, day: date, usual: object = None) -> str:
    """The series from which a case of this group takes its number: the mask with all but the number filled in. usual:
    the mask of groups that have none of their own, where the set-up names one."""
    mask = (
        case_group.properties.get("#NumberMask") or usual or getattr(settings, "CASESYSTEM_NUMBER_MASK", DEFAULT_MASK)
    )
    filled = {"year": f"{day.year}", "file class": case_group.key, "number": "{number}"}
    return "case " + _FIELD.sub(lambda match: filled[match[1]], str(mask))


def case_number(series: str, number: int) -> str:
    """The case number for a number of the series."""
    return series.removeprefix("case ").replace("{number}", f"{number:0{_DIGITS}}")


def contact_series(name_type: str) -> str:
    """The series of a contact type that numbers its contacts itself."""
    return f"contact {name_type}"


def _take(name: str, number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query("next_numbers"), [name, number])
        return int(cursor.fetchone()[0])
