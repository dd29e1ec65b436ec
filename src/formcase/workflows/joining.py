"""Whether a worker may join those that are at work already.

One whose keys open nothing of what the others have sealed would block every workflow in all their names. Alone it may
work: then the pages say what is missing, and what was filed already is still reported.
"""

from django.db import connection

from formcase.workflows import data_keys
from formcase.workflows.sql import statement

SEEN_WITHIN = 20.0  # seconds; a worker that gave no sign of life for longer is not at work


def demand_common_keys() -> None:
    """Raise `UnusableKey` where others are at work whose content this machine can't open."""
    unusable = data_keys.usable()
    if unusable is not None and _others_are_at_work():
        raise unusable


def _others_are_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement("at_work"), {"seen_within": SEEN_WITHIN})
        row = cursor.fetchone()
    return row is not None and bool(row[0])
